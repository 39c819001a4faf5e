// A consumer that writes anything, reads too fast, or does not read at all: the producer does what it would do without it.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "counting.hpp"
#include "guarded.hpp"

namespace gecko::shm::testing {
namespace {

using Side = GuardedBytes::Side;

class HostileConsumer : public ::testing::TestWithParam<Side> {
  protected:
    void write(std::uint64_t frames) {
        writer_.write_mix(cycle_of(static_cast<std::int64_t>(written_), counting_frames(written_, frames)));
        written_ += frames;
    }
    /// A reader that is no part of the mischief finds the last frames.
    void expect_the_newest_frames(std::size_t frames) const {
        const RingReader reader(segment_.base(), GuardedSegment::geometry());
        std::vector<float> out(2 * frames);
        EXPECT_EQ(reader.state().position, written_);
        EXPECT_EQ(reader.copy(written_ - frames, out).overtaken, 0u);
        for (std::size_t i = 0; i < frames; ++i)
            ASSERT_TRUE(is_frame(&out[2 * i], written_ - frames + i)) << i;
    }

    GuardedSegment segment_{GetParam()};
    RingWriter writer_{segment_.base(), GuardedSegment::geometry()};
    std::uint64_t written_ = 0;
};

TEST_P(HostileConsumer, ExtremesInAnyFieldMoveNoFrame) {
    for (std::size_t word = 0; word < GuardedSegment::words(); ++word) {
        if (word == GuardedSegment::kHeaderWords) word = GuardedSegment::first_control_word();
        for (const std::uint64_t value : kExtremes) {
            SCOPED_TRACE("word " + std::to_string(word) + ", value " + std::to_string(value));
            segment_.poke_two(word, value);
            write(257);
            expect_the_newest_frames(257);
            if (HasFatalFailure()) return;
        }
    }
    write(1'000);
    expect_the_newest_frames(1'000);
}

TEST_P(HostileConsumer, RandomBytesMoveNoFrame) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int fill = 0; fill < 200; ++fill) {
        for (std::size_t word = 0; word < GuardedSegment::words(); ++word)
            segment_.poke(word, static_cast<std::uint32_t>(random()));
        const std::uint64_t frames = 1 + random() % 1'024;
        write(frames);
        expect_the_newest_frames(frames);
        if (HasFatalFailure()) return;
    }
}

TEST_P(HostileConsumer, ValuesThatChangeWhileTheProducerWritesMoveNoFrame) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    {
        const Scribbler scribbler(segment_, seed);
        for (int i = 0; i < 20'000; ++i) write(1 + random() % 700);
    }
    write(1'024);
    expect_the_newest_frames(1'024);
}

TEST_P(HostileConsumer, OneThatNeverReadsIsNotWaitedFor) {
    segment_.view().header->read_head.store(0);
    for (int i = 0; i < 1'000; ++i) write(512);
    expect_the_newest_frames(1'024);
}

TEST_P(HostileConsumer, OneThatReadsTooFastHearsSilenceAndThenEveryFrame) {
    const RingReader reader(segment_.base(), GuardedSegment::geometry());
    std::vector<float> out(2 * 200);
    for (std::uint64_t position = 0; position < 20'000; position += 200) {
        EXPECT_EQ(reader.copy(position, out).late, 200u);
        for (const float sample : out) ASSERT_EQ(sample, 0.0f);
        write(200);
        EXPECT_EQ(reader.copy(position, out).late, 0u);
        for (std::size_t i = 0; i < 200; ++i) ASSERT_TRUE(is_frame(&out[2 * i], position + i));
    }
}

INSTANTIATE_TEST_SUITE_P(InASegmentThat, HostileConsumer,
                         ::testing::Values(Side::begins_at_page, Side::ends_at_page), [](const auto& side) {
                             return std::string(side.param == Side::begins_at_page ? "BeginsAtAPage"
                                                                                   : "EndsAtAPage");
                         });

}  // namespace
}  // namespace gecko::shm::testing
