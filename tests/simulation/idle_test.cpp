// Statements about an output that stops while there is nothing to hear: what comes then is heard from its first frame.
#include <gtest/gtest.h>

#include "world.hpp"

namespace gecko::simulation {
namespace {

TEST(Idle, TheOutputStopsTenSecondsAfterTheLastApplicationAndNothingIsLostWhenOneStarts) {
    World world({.ppm = 100});
    world.add({{5, ClientStops{}}, {60, ClientStarts{}}});
    world.run_until(14);
    EXPECT_TRUE(world.output_runs());
    world.run_until(17);
    EXPECT_FALSE(world.output_runs());
    world.run_until(70);
    world.finish();
    EXPECT_TRUE(world.output_runs());
    EXPECT_EQ(world.verdict(), "");
    EXPECT_EQ(world.checker().counts().explained_lost, 0u);
}

TEST(Idle, SoundBehindDigitalSilenceIsHeardFromItsFirstFrame) {
    World world({.ppm = -200});
    world.add({{5, SourceRests{.seconds = 25.0123}}});
    world.run_until(25);
    EXPECT_FALSE(world.output_runs());
    world.run_until(40);
    world.finish();
    EXPECT_EQ(world.verdict(), "");
    EXPECT_EQ(world.checker().counts().explained_lost, 0u);
}

TEST(Idle, WhatTheOutputIsLateByIsGivenUpInTheNextSilence) {
    World world({});
    const auto latency_ms = [&] { return 1e3 * world.status().latency_frames / world.rate(); };
    world.add({{5, SourceRests{.seconds = 20}}, {40, SourceRests{.seconds = 1}}});
    world.run_until(4);
    const double before = latency_ms();
    world.run_until(35);
    EXPECT_GT(latency_ms(), before + 1.0);
    world.run_until(50);
    EXPECT_NEAR(latency_ms(), before, 1.0);
    world.finish();
    EXPECT_EQ(world.verdict(), "");
    EXPECT_EQ(world.checker().counts().explained_lost, 0u);
}

TEST(Idle, AnOutputThatStoppedIsReplacedAndNothingIsLost) {
    World world({});
    world.add({{5, ClientStops{}},
               {30, OutputReplaced{.ppm = 300, .frames = 2'048, .fades = true}},
               {35, ClientStarts{}}});
    world.run_until(50);
    world.finish();
    EXPECT_EQ(world.verdict(), "");
    EXPECT_EQ(world.checker().counts().explained_lost, 0u);
}

TEST(Idle, TheRateOfAnOutputThatStoppedChangesAndNothingIsLost) {
    for (const std::uint32_t hz : {44'100u, 96'000u, 192'000u}) {
        SCOPED_TRACE(hz);
        World world({});
        world.add({{5, ClientStops{}},
                   {30, RateChanges{.hz = hz}},
                   {35, ClientStarts{}},
                   {45, SourceRests{.seconds = 20.0123}},
                   {62, RateChanges{.hz = 48'000}},
                   {63, OutputReplaced{.ppm = 300, .frames = 2'048, .fades = true}}});
        world.run_until(34);
        EXPECT_FALSE(world.output_runs());
        world.run_until(64);
        EXPECT_FALSE(world.output_runs());
        world.run_until(80);
        world.finish();
        EXPECT_EQ(world.verdict(), "");
        EXPECT_EQ(world.checker().counts().explained_lost, 0u);
    }
}

TEST(Idle, AnOutputThatIsWokenAndFirstCallsBackLateIsSilenceForAMomentAndThenAllIsWhole) {
    World world({});
    world.add({{5, SourceRests{.seconds = 20}},
               {24, FirstCallbackLate{.seconds = 0.015}},
               {40, SourceRests{.seconds = 2}}});
    world.run_until(60);
    world.finish();
    EXPECT_EQ(world.verdict(), "");
}

}  // namespace
}  // namespace gecko::simulation
