#include <gtest/gtest.h>

#include <random>

#include "counting.hpp"

namespace gecko::shm::testing {
namespace {

TEST(Ring, EveryFrameComesBackAtEveryOffsetOfTheRing) {
    PrivateRing ring(1024);
    std::vector<float> out(2 * 257);
    std::uint64_t position = 0;
    // Blocks of 257 frames: coprime to 1024, so that blocks start at every offset and wrap at every point.
    for (int block = 0; block < 2048; ++block) {
        const auto pcm = counting_frames(position, 257);
        ring.writer.write_mix(cycle_of(static_cast<std::int64_t>(position), pcm));
        const CopyResult result = ring.reader.copy(position, out);
        ASSERT_EQ(result.overtaken, 0u);
        ASSERT_EQ(result.late, 0u);
        ASSERT_EQ(out, pcm) << "block at offset " << position % 1024;
        position += 257;
        ASSERT_EQ(ring.view().header->write_head.load(), position % 1024 * 2);
    }
}

TEST(Ring, FramesNotYetWrittenAreSilenceAndCountedAsLate) {
    PrivateRing ring(1024);
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 100)));
    std::vector<float> out(2 * 160, 9.0f);
    const CopyResult result = ring.reader.copy(0, out);
    EXPECT_EQ(result.late, 60u);
    EXPECT_TRUE(is_frame(&out[2 * 99], 99));
    for (std::size_t i = 100; i < 160; ++i) EXPECT_TRUE(is_silence(&out[2 * i]));
}

TEST(Ring, AConsumerThatWasOvertakenGetsSilenceForWhatIsGoneAndTheRestAsItWas) {
    PrivateRing ring(1024);
    for (std::uint64_t p = 0; p < 2000; p += 100) {
        ring.writer.write_mix(cycle_of(static_cast<std::int64_t>(p), counting_frames(p, 100)));
    }
    std::vector<float> out(2 * 500, 9.0f);
    const CopyResult result = ring.reader.copy(900, out);
    EXPECT_EQ(result.overtaken, 76u);  // 2000 - 1024 = 976 is the oldest frame left
    EXPECT_EQ(result.late, 0u);
    for (std::size_t i = 0; i < 76; ++i) ASSERT_TRUE(is_silence(&out[2 * i])) << i;
    for (std::size_t i = 76; i < 500; ++i) ASSERT_TRUE(is_frame(&out[2 * i], 900 + i)) << i;
}

TEST(Ring, FramesOfACycleThatIsBeingWrittenCountAsOvertakenThoughPHasNotMoved) {
    PrivateRing ring(1024);
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 1024)));
    ring.view().control->producer.reserved.store(1024 + 64);  // the producer has begun the next cycle
    std::vector<float> out(2 * 128);
    EXPECT_EQ(ring.reader.copy(0, out).overtaken, 64u);
    EXPECT_TRUE(is_silence(&out[2 * 63]));
    EXPECT_TRUE(is_frame(&out[2 * 64], 64));
}

TEST(Ring, AHoleInTheSampleTimesIsSilenceOfTheSameLength) {
    PrivateRing ring(1024);
    ring.writer.write_mix(cycle_of(5000, counting_frames(0, 100)));
    ring.writer.write_mix(cycle_of(5130, counting_frames(130, 100)));
    std::vector<float> out(2 * 230);
    EXPECT_EQ(ring.reader.copy(0, out).late, 0u);
    EXPECT_TRUE(is_frame(&out[2 * 99], 99));
    for (std::size_t i = 100; i < 130; ++i) ASSERT_TRUE(is_silence(&out[2 * i])) << i;
    EXPECT_TRUE(is_frame(&out[2 * 130], 130));
    EXPECT_TRUE(is_frame(&out[2 * 229], 229));
}

TEST(Ring, FramesThatWereWrittenAlreadyAreNotWrittenAgain) {
    PrivateRing ring(1024);
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 100)));
    ring.writer.write_mix(cycle_of(60, counting_frames(1060, 100)));  // 40 of its frames are late
    std::vector<float> out(2 * 160);
    EXPECT_EQ(ring.reader.copy(0, out).late, 0u);
    EXPECT_TRUE(is_frame(&out[2 * 99], 99));
    EXPECT_TRUE(is_frame(&out[2 * 100], 1100));
    EXPECT_TRUE(is_frame(&out[2 * 159], 1159));
    ring.writer.write_mix(cycle_of(10, counting_frames(0, 100)));  // wholly late
    EXPECT_EQ(ring.reader.state().position, 160u);
}

TEST(Ring, SampleTimesARingAwayBeginANewTimeLineWithoutAHole) {
    PrivateRing ring(1024);
    std::int64_t times[] = {0, 1 << 20, -(1 << 20), INT64_MAX - 1000, INT64_MIN + 5000, 77};
    std::uint64_t position = 0;
    for (const std::int64_t time : times) {
        ring.writer.write_mix(cycle_of(time, counting_frames(position, 100)));
        EXPECT_EQ(ring.reader.time_line()->start, position);
        position += 100;
        EXPECT_EQ(ring.reader.state().position, position);
    }
    std::vector<float> out(2 * 600);
    EXPECT_EQ(ring.reader.copy(0, out).overtaken, 0u);
    for (std::size_t i = 0; i < 600; ++i) ASSERT_TRUE(is_frame(&out[2 * i], i)) << i;
}

TEST(Ring, OfACycleLongerThanTheRingItsEndIsKept) {
    PrivateRing ring(1024);
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 10)));
    ring.writer.write_mix(cycle_of(20, counting_frames(20, 5000)));
    EXPECT_EQ(ring.reader.state().position, 5020u);
    std::vector<float> out(2 * 1024);
    EXPECT_EQ(ring.reader.copy(5020 - 1024, out).overtaken, 0u);
    for (std::size_t i = 0; i < 1024; ++i) ASSERT_TRUE(is_frame(&out[2 * i], 5020 - 1024 + i)) << i;
}

TEST(Ring, TheClockLineIsPublishedInFramesOfP) {
    PrivateRing ring(1024);
    EXPECT_FALSE(ring.reader.time_line());
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 100)));
    ring.writer.expect_new_time_line();
    MixCycle cycle = cycle_of(48'000, counting_frames(0, 100));
    const auto pcm = counting_frames(100, 100);
    cycle.pcm = pcm.data();
    cycle.lead = 700;
    ring.writer.write_mix(cycle);
    const auto line = ring.reader.time_line();
    ASSERT_TRUE(line);
    EXPECT_EQ(line->lead, 700u);
    // Device frame 48000 is P = 100; the device's clock reaches it 48000 x 500 ticks after its anchor.
    EXPECT_DOUBLE_EQ(line->clock.frame_at(48'000.0 * 500), 100.0);
}

TEST(Ring, TheLeastLeadOfATimeLineIsTheOneTheConsumerIsTold) {
    PrivateRing ring(1024);
    const auto pcm = counting_frames(0, 100);
    std::int64_t time = 0;
    for (const std::uint32_t lead : {600u, 590u, 610u}) {
        MixCycle cycle = cycle_of(time, pcm);
        cycle.lead = lead;
        ring.writer.write_mix(cycle);
        time += 100;
    }
    EXPECT_EQ(ring.reader.time_line()->lead, 590u);
}

TEST(Ring, ANewRateIsANewGenerationAndANewTimeLine) {
    PrivateRing ring(1024);
    ring.writer.set_rate(48'000);
    ring.writer.write_mix(cycle_of(0, counting_frames(0, 100)));
    const auto before = ring.reader.state();
    ring.writer.change_rate(96'000);
    ring.writer.write_mix(cycle_of(100, counting_frames(100, 100)));
    const auto after = ring.reader.state();
    EXPECT_EQ(before.rate, 48'000u);
    EXPECT_EQ(after.rate, 96'000u);
    EXPECT_EQ(after.generation, before.generation + 1);
    EXPECT_EQ(ring.reader.time_line()->start, 100u);
}

TEST(Ring, AnyPositionAndAnyValuesOfTheProducerAreSafeToReadWith) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    PrivateRing ring(1024);
    std::vector<float> out(2 * 3000);
    const auto value = [&]() -> std::uint64_t {
        switch (random() % 4) {
            case 0:
                return random();
            case 1:
                return random() % 5000;
            case 2:
                return UINT64_MAX - random() % 5000;
            default:
                return std::uint64_t{1} << 63;
        }
    };
    for (int i = 0; i < 20'000; ++i) {
        auto& producer = ring.view().control->producer;
        producer.position.store(value());
        producer.reserved.store(value());
        const std::size_t frames = 1 + random() % 3000;
        const auto block = std::span(out).first(frames * 2);
        const CopyResult result = ring.reader.copy(value(), block);
        ASSERT_LE(result.overtaken + result.late, frames);
    }
}

}  // namespace
}  // namespace gecko::shm::testing
