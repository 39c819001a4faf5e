// A phase that was set too close is set back, once; a stall is no reason to.
#include <gtest/gtest.h>

#include "rig.hpp"

namespace gecko::engine::testing {
namespace {

class Late : public ::testing::Test {
  protected:
    void SetUp() override {
        rig_.engine.prepare(48'000);
        rig_.engine.attach(rig_.ring.reader);
        rig_.start_sink();
    }
    std::uint64_t underrun() { return rig_.engine.status().underrun_frames; }

    Rig rig_;
};

TEST_F(Late, AFirstCallbackThatComesLateCostsAMomentAndNotTheRestOfTheSong) {
    for (const double late_ms : {3.0, 6.0, 10.0, 15.0, 30.0}) {
        rig_.stop_sink();
        rig_.run(4'800);
        rig_.engine.prepare(48'000);
        rig_.start_sink();
        rig_.run(512, noise(1, 512), true);
        rig_.next_pull_late(late_ms);
        rig_.run(48'000, noise(2, 48'000));
        const std::uint64_t lost = underrun();
        const auto song = noise(3, 96'000);
        const auto played = rig_.run(98'304, song);
        EXPECT_LT(find(played, song), played.size() / 2) << late_ms << " ms";
        EXPECT_EQ(underrun(), lost) << late_ms << " ms";
    }
}

TEST_F(Late, AHostThatMixesLessFarAheadThanItDidIsFollowed) {
    for (const std::uint32_t lead : {256u, 128u, 64u}) {
        rig_.set_lead(512);
        rig_.stop_sink();
        rig_.run(4'800);
        rig_.start_sink();
        rig_.run(24'000, noise(4, 24'000));
        rig_.set_lead(lead);
        rig_.run(96'000, noise(5, 96'000));
        const std::uint64_t lost = underrun();
        const auto song = noise(6, 96'000);
        const auto played = rig_.run(98'304, song);
        EXPECT_LT(find(played, song), played.size() / 2) << lead;
        EXPECT_EQ(underrun(), lost) << lead;
    }
}

TEST_F(Late, AStallLeavesTheLatencyAsItWas) {
    rig_.run(9'600, noise(7, 9'600));
    const double latency = rig_.engine.status().latency_frames;
    for (int stall = 0; stall < 3; ++stall) {
        rig_.skip_sink(9'600);
        rig_.run(9'600, noise(8, 9'600));
    }
    EXPECT_GT(underrun(), 0u);
    EXPECT_NEAR(rig_.engine.status().latency_frames, latency, 1e-6);
}

}  // namespace
}  // namespace gecko::engine::testing
