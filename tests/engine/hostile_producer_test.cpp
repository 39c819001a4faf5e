// A driver that writes anything: what the engine plays is finite, as long as was asked for, and the driver's clock is asked for
// nothing out of range.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string>

#include "engine/engine.hpp"
#include "engine/sound_search.hpp"
#include "tests/shm/guarded.hpp"

namespace gecko::engine::testing {
namespace {

using shm::testing::GuardedBytes;
using shm::testing::GuardedSegment;
using shm::testing::kExtremes;
using shm::testing::Scribbler;
using Side = GuardedBytes::Side;

class EngineWithAHostileProducer : public ::testing::Test {
  protected:
    static constexpr std::size_t kMost = 700;  // frames

    void SetUp() override {
        engine_.prepare(48'000);
        engine_.attach(shm::RingReader(segment_.base(), GuardedSegment::geometry()));
        plausible();
    }

    /// What a driver that plays has there.
    void plausible() {
        const shm::View view = segment_.view();
        auto& producer = view.control->producer;
        view.header->sample_rate.store(48'000);
        producer.position.store(100'000);
        producer.reserved.store(100'000);
        producer.running.store(1);
        producer.line_known.store(1);
        producer.time_line.sequence.store(2);
        producer.time_line.lead.store(512);
        producer.time_line.start.store(0);
        producer.time_line.anchor_position.store(99'000);
        producer.time_line.anchor_host_time.store(static_cast<double>(now_));
        producer.time_line.ticks_per_frame.store(500);
    }

    void pull(std::size_t frames) {
        const std::span out(reinterpret_cast<float*>(out_.data()) + 2 * (kMost - frames), 2 * frames);
        std::ranges::fill(out, std::numeric_limits<float>::quiet_NaN());
        OutputCycle cycle;
        cycle.sample_time = sample_time_;
        cycle.host_time = now_;
        cycle.now = now_;
        engine_.render(cycle, out);
        ASSERT_TRUE(std::ranges::all_of(out, [](float sample) { return std::isfinite(sample); }));
        sample_time_ += static_cast<double>(frames);
        now_ += 500 * frames;
        ASSERT_LE(std::abs(engine_.status().steering_ppm), Steering::kLimit);
        (void)search_.find(shm::RingReader(segment_.base(), GuardedSegment::geometry()));
    }

    GuardedSegment segment_{Side::ends_at_page};
    GuardedBytes out_{2 * kMost * sizeof(float), Side::ends_at_page};
    Engine engine_;
    SoundSearch search_{shm::RingReader(segment_.base(), GuardedSegment::geometry()), 0};
    double sample_time_ = 0;
    std::uint64_t now_ = 1'000'000'000;
};

TEST_F(EngineWithAHostileProducer, PlaysFiniteSamplesWhateverExtremesStandInAnyField) {
    for (std::size_t word = 0; word < GuardedSegment::words(); ++word) {
        if (word == GuardedSegment::kHeaderWords) word = GuardedSegment::first_control_word();
        for (const std::uint64_t value : kExtremes) {
            SCOPED_TRACE("word " + std::to_string(word) + ", value " + std::to_string(value));
            plausible();
            pull(64);
            segment_.poke_two(word, value);
            pull(64);
            pull(1);
            if (HasFatalFailure()) return;
        }
        segment_.poke_two(word, 0);
    }
}

TEST_F(EngineWithAHostileProducer, PlaysFiniteSamplesOfRandomBytes) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int fill = 0; fill < 300; ++fill) {
        for (std::size_t word = 0; word < GuardedSegment::words(); ++word)
            segment_.poke(word, static_cast<std::uint32_t>(random()));
        if (fill % 2 == 0) plausible();  // so that the audio is played: NaN, infinities and all
        pull(1 + random() % kMost);
        if (HasFatalFailure()) return;
    }
}

TEST_F(EngineWithAHostileProducer, PlaysFiniteSamplesWhateverChangesWhileItReads) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const Scribbler scribbler(segment_, seed);
    for (int i = 0; i < 5'000; ++i) {
        if (i % 8 == 0) plausible();
        pull(1 + random() % kMost);
        if (HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace gecko::engine::testing
