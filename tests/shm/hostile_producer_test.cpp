// A producer that writes anything: the reader stays in the segment and in its buffer, ends, and hands out nothing that makes no
// sense. The segment and the buffer have pages beside them that must not be touched.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string>

#include "guarded.hpp"
#include "shm/ring_reader.hpp"

namespace gecko::shm::testing {
namespace {

using Side = GuardedBytes::Side;

class HostileProducer : public ::testing::TestWithParam<Side> {
  protected:
    static constexpr std::size_t kMost = 3'000;  // frames

    /// Reads all there is to read, from everywhere.
    void read(std::size_t frames) {
        const ProducerState state = reader_.state();
        EXPECT_GE(state.volume, 0.0f);
        EXPECT_LE(state.volume, 1.0f);
        if (const auto line = reader_.time_line()) {
            EXPECT_TRUE(std::isfinite(line->clock.anchor_host_time));
            EXPECT_TRUE(std::isfinite(line->clock.ticks_per_frame));
            EXPECT_GT(line->clock.ticks_per_frame, 0);
            EXPECT_LE(line->lead, GuardedSegment::geometry().frames());
        }
        for (const std::uint64_t position :
             {state.position - frames, state.position - 1'024, state.position - 1, state.position,
              std::uint64_t{0}, ~std::uint64_t{0}, ~state.position}) {
            const std::span out(reinterpret_cast<float*>(out_.data()) + 2 * (kMost - frames), 2 * frames);
            std::ranges::fill(out, 9.0f);
            const CopyResult result = reader_.copy(position, out);
            ASSERT_LE(result.overtaken + result.late, frames);
            const auto silent = [](std::span<const float> part) {
                return std::ranges::all_of(part, [](float sample) { return sample == 0.0f; });
            };
            ASSERT_TRUE(silent(out.first(2 * result.overtaken)));
            ASSERT_TRUE(silent(out.last(2 * result.late)));
        }
    }

    GuardedSegment segment_{GetParam()};
    RingReader reader_{segment_.base(), GuardedSegment::geometry()};
    GuardedBytes out_{2 * kMost * sizeof(float), Side::ends_at_page};
};

TEST_P(HostileProducer, ExtremesInAnyFieldLeadNowhereElse) {
    for (std::size_t word = 0; word < GuardedSegment::words(); ++word) {
        if (word == GuardedSegment::kHeaderWords) word = GuardedSegment::first_control_word();
        for (const std::uint64_t value : kExtremes) {
            SCOPED_TRACE("word " + std::to_string(word) + ", value " + std::to_string(value));
            segment_.poke_two(word, value);
            read(700);
            if (HasFatalFailure()) return;
        }
        segment_.poke_two(word, 0);
    }
}

TEST_P(HostileProducer, RandomBytesLeadNowhereElse) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int fill = 0; fill < 200; ++fill) {
        for (std::size_t word = 0; word < GuardedSegment::words(); ++word)
            segment_.poke(word, static_cast<std::uint32_t>(random()));
        read(1 + random() % kMost);
        if (HasFatalFailure()) return;
    }
}

TEST_P(HostileProducer, ValuesThatChangeWhileTheyAreReadLeadNowhereElse) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const Scribbler scribbler(segment_, seed);
    for (int i = 0; i < 3'000; ++i) {
        read(1 + random() % kMost);
        if (HasFatalFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(InASegmentThat, HostileProducer,
                         ::testing::Values(Side::begins_at_page, Side::ends_at_page), [](const auto& side) {
                             return std::string(side.param == Side::begins_at_page ? "BeginsAtAPage"
                                                                                   : "EndsAtAPage");
                         });

}  // namespace
}  // namespace gecko::shm::testing
