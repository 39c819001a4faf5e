// Statements about many clients at once. Behind each cycle a reader looks at their rings (RingCheck), and each frame of the output at
// the sum (Checker); either fails these by itself.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "world.hpp"

namespace gecko::simulation {
namespace {

constexpr std::uint32_t kAll = (1u << kPlayerApplications) - 1;

struct Played {
    std::string verdict;
    Counts counts;
    std::uint64_t complete;  // frames that the rings added up to the mix at
};
Played play(const Setup& setup, const Script& script, double seconds, double gain = 1) {
    World world(setup);
    if (gain != 1) {
        world.on_output = [gain](std::span<float> pcm) {
            for (float& sample : pcm) sample /= static_cast<float>(gain);
        };
    }
    world.add(script);
    world.run_until(seconds);
    world.finish();
    return {
        .verdict = world.verdict(), .counts = world.checker().counts(), .complete = world.rings().complete()};
}

/// Clients come and go, three at most.
Script three_in_turns(double from, double to) {
    Script script;
    for (double time = from; time + 3 < to; time += 4) {
        script.insert(script.end(), {{time, ClientStarts{}},
                                     {time + 0.5, ClientStarts{}},
                                     {time + 1.2, ClientStops{}},
                                     {time + 2.6, ClientStops{}}});
    }
    return script;
}

TEST(Clients, OneHasARingFromItsFirstFrameOn) {
    const Played played = play({}, {}, 10);
    EXPECT_EQ(played.verdict, "");
    EXPECT_NEAR(static_cast<double>(played.complete), 9.8 * 48'000, 1'024);
}

TEST(Clients, UpToSixteenEachHaveARingWheneverTheyPlay) {
    Script script = three_in_turns(1, 28);
    for (const double time : {5.0, 15.0, 25.0}) script.push_back({time, Crowd{.clients = 5, .seconds = 3}});
    const Played played = play({}, script, 30);
    EXPECT_EQ(played.verdict, "");
    EXPECT_NEAR(static_cast<double>(played.complete), 29.8 * 48'000, 1'024);
}

TEST(Clients, MoreThanSixteenAreWholeInTheMixAndInTheirRingsOnceThereAreEnough) {
    const Played played = play({}, {{1, Crowd{.clients = 20, .seconds = 5}}}, 12);
    EXPECT_EQ(played.verdict, "");
    EXPECT_LT(played.complete, 11 * 48'000u);
    EXPECT_GT(played.complete, 4 * 48'000u);
}

TEST(Clients, ThroughChainsThatChangeNothingAreTheMixWheneverItSwitchesBetweenThem) {
    for (const std::uint32_t rate : {8'000u, 44'100u, 48'000u, 96'000u, 384'000u}) {
        SCOPED_TRACE(rate);
        Script script = three_in_turns(1, 18);
        for (double time = 2; time < 18; time += 1.7)
            script.push_back({time, Crowd{.clients = 20, .seconds = 1}});
        for (double time = 1.5; time < 18; time += 0.9)
            script.push_back(
                {time, ChainsChange{.applications = static_cast<std::uint32_t>(10 * time) & kAll}});
        // Fast crystals, and cycles as late as they get: little is left unread.
        const Played played = play({.rate = rate,
                                    .sink_frames = 64,
                                    .output_frames = 64,
                                    .ppm = 300,
                                    .jitter = 0.0015,
                                    .chains = kAll},
                                   script, 20);
        EXPECT_EQ(played.verdict, "");
        EXPECT_EQ(played.counts.explained_lost, 0u);
        EXPECT_GT(played.complete, 0u);
    }
}

TEST(Clients, ThroughChainsAtHalfVolumeAreHeardAtHalfVolumeFromTheirFirstFrameToTheirLast) {
    for (const std::uint32_t rate : {8'000u, 48'000u, 384'000u}) {
        SCOPED_TRACE(rate);
        Script script = three_in_turns(1, 28);
        // Nobody plays for a while, and somebody plays again: so does who is last.
        script.insert(script.end(), {{10.7, ClientStops{}}, {12.9, ClientStarts{}}});
        const Played played =
            play({.rate = rate, .ppm = -200, .chain_volume = 0.5, .chains = kAll}, script, 30, 0.5);
        EXPECT_EQ(played.verdict, "");
        EXPECT_EQ(played.counts.explained_lost, 0u);
    }
}

}  // namespace
}  // namespace gecko::simulation
