// Statements about the clock: whatever the output's crystal does within 300 ppm, nothing is lost, repeated or moved, and the fill
// stays where it was set.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "sanitizer.hpp"
#include "world.hpp"

namespace gecko::simulation {
namespace {

constexpr double kSeconds = kSanitized ? 90 : 240;

void expect_whole(const World& world) {
    EXPECT_EQ(world.verdict(), "");
    EXPECT_EQ(world.checker().counts().explained_lost, 0u);
    EXPECT_LT(world.checker().counts().explained_silence, world.rate() / 2) << "before the first sound";
    EXPECT_TRUE(world.loop().judged);
    EXPECT_LT(world.loop().fill_error_ms, 2.0);
    EXPECT_LE(world.loop().steering_step_ppm, 100.01);
}

class Clocks : public ::testing::TestWithParam<std::tuple<std::uint32_t, double>> {};

TEST_P(Clocks, ApartByThisMuchPlayEveryFrameAndTheFillStays) {
    const auto [rate, ppm] = GetParam();
    World world({.seed = rate, .rate = rate, .ppm = ppm, .jitter = 0.001});
    world.run_until(kSeconds);
    world.finish();
    expect_whole(world);
    // Settled, Gecko Sink's clock runs as fast as the output's.
    EXPECT_NEAR(world.steering(), ppm, 2.0);
    EXPECT_NEAR(world.status().steering_ppm, ppm, 2.0);
}

std::string name_of(const ::testing::TestParamInfo<Clocks::ParamType>& clocks) {
    const auto& [rate, ppm] = clocks.param;
    return std::to_string(rate) + "Hz" + (ppm < 0 ? "Slow" : ppm > 0 ? "Fast" : "Nominal");
}
INSTANTIATE_TEST_SUITE_P(AtEveryRate, Clocks,
                         ::testing::Combine(::testing::ValuesIn(driver::kRates),
                                            ::testing::Values(-300.0, 0.0, 300.0)),
                         name_of);

TEST(Steering, HoldsWhateverTheBuffers) {
    for (const auto& [sink, output] :
         {std::pair{32u, 2'048u}, {2'048u, 32u}, {441u, 480u}, {4'096u, 4'096u}}) {
        SCOPED_TRACE(std::to_string(sink) + " and " + std::to_string(output) + " frames");
        World world({.sink_frames = sink, .output_frames = output, .ppm = 300, .jitter = 0.001});
        world.run_until(kSeconds);
        world.finish();
        expect_whole(world);
    }
}

TEST(Steering, FollowsACrystalThatWarms) {
    World world({.ppm = -300});
    world.add({{70, Drift{.ppm = 300, .seconds = 120}}, {200, Drift{.ppm = -300, .seconds = 300}}});
    world.run_until(kSanitized ? 120 : 520);
    world.finish();
    expect_whole(world);
}

TEST(Steering, FollowsACrystalThatJumps) {
    World world({.ppm = -150});
    world.add({{70, Drift{.ppm = 150, .seconds = 0}}});
    world.run_until(kSanitized ? 90 : 140);
    world.finish();
    expect_whole(world);
}

TEST(Steering, NeedsItsMinuteAfterAnotherOutput) {
    World world({.ppm = 300});
    world.add({{80, OutputReplaced{.ppm = -300, .frames = 512, .fades = true}}});
    world.run_until(kSanitized ? 150 : 240);
    world.finish();
    EXPECT_EQ(world.verdict(), "");
    EXPECT_NEAR(world.steering(), -300, 3.0);
}

}  // namespace
}  // namespace gecko::simulation
