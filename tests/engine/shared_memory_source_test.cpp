#include "engine/shared_memory_source.hpp"

#include <gtest/gtest.h>

#include "tests/shm/counting.hpp"

namespace gecko::engine {
namespace {

using shm::testing::counting_frames;
using shm::testing::cycle_of;
using shm::testing::is_frame;
using shm::testing::is_silence;
using shm::testing::PrivateRing;

TEST(SharedMemorySource, ABlockIsWhatThereIsAndSilenceAndGoesOnWhereItStopped) {
    PrivateRing ring(1024);
    SharedMemorySource source(ring.reader);
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 100)));
    std::vector<float> out(2 * 150, 9.0f);
    EXPECT_EQ(source.read(out).frames, 100u);
    EXPECT_TRUE(is_frame(&out[2 * 99], 99));
    EXPECT_TRUE(is_silence(&out[2 * 100]));
    EXPECT_TRUE(is_silence(&out[2 * 149]));
    EXPECT_EQ(source.read(out).frames, 0u);  // late is not an end
    ring.writer.write_mix(cycle_of(100, counting_frames(100, 100)));
    EXPECT_EQ(source.read(out).frames, 100u);
    EXPECT_TRUE(is_frame(&out[0], 100));
    EXPECT_EQ(ring.view().header->read_head.load(), 200u * 2u);
}

TEST(SharedMemorySource, SamplesComeOneByOneAndNothingWhileThereIsNoNewData) {
    PrivateRing ring(1024);
    SharedMemorySource source(ring.reader);
    EXPECT_FALSE(source.next());
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 2)));
    EXPECT_EQ(source.next(), shm::testing::left_of(0));
    EXPECT_EQ(source.next(), shm::testing::right_of(0));
    EXPECT_EQ(source.next(), shm::testing::left_of(1));
    EXPECT_EQ(source.next(), shm::testing::right_of(1));
    EXPECT_FALSE(source.next());
    ring.writer.write_mix(cycle_of(2, counting_frames(2, 1)));
    EXPECT_EQ(source.next(), shm::testing::left_of(2));
}

TEST(SharedMemorySource, ASourceThatWasOvertakenTellsHowFarAndGoesOnInStep) {
    PrivateRing ring(1024);
    SharedMemorySource source(ring.reader);
    for (std::uint64_t p = 0; p < 3000; p += 100) {
        ring.writer.write_mix(cycle_of(static_cast<std::int64_t>(p), counting_frames(p, 100)));
    }
    std::vector<float> out(2 * 2000, 9.0f);
    const auto got = source.read(out);
    EXPECT_EQ(got.frames, 2000u);
    EXPECT_EQ(got.overtaken, 1976u);
    EXPECT_TRUE(is_silence(&out[2 * 1975]));
    EXPECT_TRUE(is_frame(&out[2 * 1976], 1976));
    EXPECT_EQ(source.position(), 2000u);
}

}  // namespace
}  // namespace gecko::engine
