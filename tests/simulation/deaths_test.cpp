// Statements about processes that die while they play: how long nothing is heard, in frames.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "world.hpp"

namespace gecko::simulation {
namespace {

/// Frames without sound around one death at 10 s; the rest of half a minute has to be whole.
double frames_of_silence(const Fault& death) {
    World world({.ppm = 200});
    world.add({{10, death}});
    world.run_until(30);
    world.finish();
    EXPECT_EQ(world.verdict(), "");
    EXPECT_EQ(world.outages().size(), 1u);
    if (world.outages().empty()) return 0;
    const double frames = world.outages().front() * 48'000;
    fmt::print("{}: {:.0f} frames without sound\n", text_of(death), frames);
    return frames;
}

constexpr double kSecond = 48'000;
// Until the app has an output again, and its first buffer.
constexpr double kStart = 0.1 * kSecond;

TEST(Deaths, AnAppStartedAgainAtOnceIsHeardWhenItsPredecessorsHeartbeatIsStale) {
    const double frames = frames_of_silence(AppDies{.seconds = 0.01});
    EXPECT_GT(frames, 2 * kSecond);  // the last heartbeat is up to a second old
    EXPECT_LT(frames, 3.1 * kSecond + kStart);
}

TEST(Deaths, AnAppStartedAgainLaterIsHeardAtOnce) {
    const double frames = frames_of_silence(AppDies{.seconds = 4});
    EXPECT_GT(frames, 4 * kSecond);
    EXPECT_LT(frames, 4 * kSecond + kStart);
}

TEST(Deaths, AnAudioServerThatIsBackIsHeardWhenApplicationsPlayAgain) {
    const double frames = frames_of_silence(HostDies{.seconds = 1});
    EXPECT_GT(frames, 1.3 * kSecond);
    EXPECT_LT(frames, 1.3 * kSecond + kStart);
}

}  // namespace
}  // namespace gecko::simulation
