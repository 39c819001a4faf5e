// Statements about what is heard when something happens. A frame that is not the one it should be, or silence without a fault that
// explains it, fails each of them by itself (Checker).
#include <gtest/gtest.h>

#include "world.hpp"

namespace gecko::simulation {
namespace {

struct Heard {
    Counts counts;
    Loop loop;
    std::vector<double> outages;
    std::string verdict;
};

/// Plays half a minute in which these faults happen.
Heard play(const Script& script, Setup setup = {}) {
    if (setup.ppm == 0) setup.ppm = 120;
    World world(setup);
    world.add(script);
    world.run_until(30);
    world.finish();
    return {.counts = world.checker().counts(),
            .loop = world.loop(),
            .outages = world.outages(),
            .verdict = world.verdict()};
}

constexpr std::uint64_t kBeforeSound =
    12'000;  // frames: applications play from 0.2 s on, heard a little later

TEST(Faults, NoneIsHeardWhereNoneIs) {
    const Heard heard = play({});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound);
    EXPECT_GT(heard.counts.played, 29 * 48'000u);
    EXPECT_EQ(heard.counts.explained_lost, 0u);
}

TEST(Faults, DriftIsNotHeard) {
    const Heard heard = play({{2, Drift{.ppm = 300, .seconds = 5}}, {15, Drift{.ppm = -300, .seconds = 10}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound);
    EXPECT_EQ(heard.counts.explained_lost, 0u);
}

TEST(Faults, JitterIsNotHeard) {
    const Heard heard = play({{2, Jitter{.seconds = 0}}, {5, Jitter{.seconds = 0.0015}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound);
    EXPECT_EQ(heard.counts.explained_lost, 0u);
}

TEST(Faults, AStallThatTheHostsCatchUpIsNotHeard) {
    const Heard heard = play(
        {{2, Stall{.seconds = 0.02, .catches_up = true}}, {5, Stall{.seconds = 1.5, .catches_up = true}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound);
    EXPECT_EQ(heard.counts.explained_lost, 0u);
}

TEST(Faults, AStallThatTheHostsLeaveOutIsALossOfThatLength) {
    const Heard heard = play({{5, Stall{.seconds = 0.1, .catches_up = false}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_LE(heard.counts.explained_lost, 4'800u);
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound + 4'800u);
}

TEST(Faults, CyclesOfGeckoSinkLeftOutAreSilenceAndNothingIsLost) {
    const Heard heard = play({{5, SinkOverload{.cycles = 1}}, {6, SinkOverload{.cycles = 30}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_EQ(heard.counts.explained_lost, 0u);
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound + 31 * 512u);
    EXPECT_GT(heard.counts.explained_silence, 31 * 512u);
}

TEST(Faults, AHoleOfARingBeginsATimeLineAndNothingIsLost) {
    const Heard heard = play({{5, SinkOverload{.cycles = 200}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_EQ(heard.counts.explained_lost, 0u);
}

TEST(Faults, CallbacksLeftOutAreALossOfJustTheirFrames) {
    const Heard heard = play({{5, OutputOverload{.cycles = 1}}, {6, OutputOverload{.cycles = 7}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_EQ(heard.counts.explained_lost, 8 * 512u);
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound);
}

TEST(Faults, ACycleWithinTheMarginIsNotHeardAndALateOneIsSilence) {
    const Heard within = play({{5, SinkLate{.seconds = 0.002}}});
    EXPECT_EQ(within.verdict, "");
    EXPECT_EQ(within.counts.explained_lost, 0u);
    const Heard late = play({{5, SinkLate{.seconds = 0.05}}});
    EXPECT_EQ(late.verdict, "");
    EXPECT_GT(late.counts.explained_lost, 0u);
    EXPECT_LE(late.counts.explained_lost, 2'400u);
}

TEST(Faults, AHostThatMixesLessFarAheadIsSilenceForAMomentAndThenAllIsWhole) {
    const Heard heard = play({{5, SinkFrames{.frames = 256}},
                              {10, SinkFrames{.frames = 64}},
                              {15, SinkFrames{.frames = 512}},
                              {20, SinkFrames{.frames = 64}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_LT(heard.counts.explained_lost, 2'400u);
    EXPECT_LT(heard.counts.explained_silence, kBeforeSound + 4'800u);
}

TEST(Faults, AFirstCallbackThatComesLateIsSilenceForAMomentAndThenAllIsWhole) {
    for (const double seconds : {0.001, 0.003, 0.005, 0.01, 0.015}) {
        SCOPED_TRACE(seconds);
        const Heard heard = play({{5, FirstCallbackLate{.seconds = seconds}},
                                  {6, OutputReplaced{.ppm = -100, .frames = 256, .fades = true}},
                                  {12, FirstCallbackLate{.seconds = seconds}},
                                  {12, RateChanges{.hz = 96'000}},
                                  {18, FirstCallbackLate{.seconds = seconds}},
                                  {18, AppDies{.seconds = 4}}});
        EXPECT_EQ(heard.verdict, "");
        EXPECT_EQ(heard.outages.size(), 3u);
    }
}

TEST(Faults, ApplicationsStartAndStopAndEveryFrameIsHeard) {
    const Heard heard = play({{2, ClientStops{}},
                              {3, ClientStarts{}},
                              {5, ClientStarts{}},
                              {6, ClientStops{}},
                              {7, ClientStops{}},
                              {7.001, ClientStarts{}},
                              {8, ClientStops{}},
                              {8, ClientStarts{}},
                              {9, ClientStops{}},
                              {9.02, ClientStarts{}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_EQ(heard.counts.explained_lost, 0u);
}

TEST(Faults, DigitalSilenceKeepsItsLength) {
    const Heard heard = play({{5, SourceRests{.seconds = 3}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_EQ(heard.counts.explained_lost, 0u);
    EXPECT_NEAR(static_cast<double>(heard.counts.explained_silence), 3 * 48'000, kBeforeSound);
}

TEST(Faults, RatesChangeAndSoundReturns) {
    const Heard heard = play({{2, RateChanges{.hz = 96'000}},
                              {6, RateChanges{.hz = 44'100}},
                              {10, RateChanges{.hz = 192'000}},
                              {14, RateChanges{.hz = 48'000}}});
    EXPECT_EQ(heard.verdict, "");
    ASSERT_EQ(heard.outages.size(), 4u);
    for (const double seconds : heard.outages) EXPECT_LT(seconds, 0.1);
}

TEST(Faults, EveryRateInTurnIsFollowedAndTheSongReturns) {
    Script script;
    // From the middle outwards, so that there are small steps and one from end to end.
    constexpr std::array<std::size_t, 12> kOrder = {6, 4, 7, 3, 8, 2, 9, 1, 10, 0, 11, 5};
    double seconds = 0;
    for (const std::size_t index : kOrder)
        script.push_back({seconds += 2.25, RateChanges{.hz = driver::kRates[index]}});
    const Heard heard = play(script);
    EXPECT_EQ(heard.verdict, "");
    ASSERT_EQ(heard.outages.size(), driver::kRates.size());
    std::uint32_t before = 48'000;
    for (std::size_t i = 0; i < heard.outages.size(); ++i) {
        const std::uint32_t hz = driver::kRates[kOrder[i]];
        // Beside what it takes at any rate there are the buffers of both devices, which at 8 kHz are 64 ms long each.
        EXPECT_LT(heard.outages[i], 0.08 + 2 * 512.0 / std::min(before, hz))
            << "from " << before << " to " << hz;
        before = hz;
    }
}

TEST(Faults, OutputsAreReplacedAndSoundReturns) {
    const Heard heard = play({{2, OutputReplaced{.ppm = -300, .frames = 256, .fades = true}},
                              {6, OutputReplaced{.ppm = 300, .frames = 2'048, .fades = false}},
                              {10, OutputReplaced{.ppm = 10, .frames = 64, .fades = true}}});
    EXPECT_EQ(heard.verdict, "");
    ASSERT_EQ(heard.outages.size(), 3u);
    for (const double seconds : heard.outages) EXPECT_LT(seconds, 0.2);
}

TEST(Faults, AnOutputThatIsReplacedWhileNothingPlaysLosesNothing) {
    const Heard heard = play({{2, ClientStops{}},
                              {3, OutputReplaced{.ppm = -300, .frames = 1'024, .fades = true}},
                              {4, ClientStarts{}}});
    EXPECT_EQ(heard.verdict, "");
    EXPECT_EQ(heard.counts.explained_lost, 0u);
}

}  // namespace
}  // namespace gecko::simulation
