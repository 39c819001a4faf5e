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

}  // namespace
}  // namespace gecko::simulation
