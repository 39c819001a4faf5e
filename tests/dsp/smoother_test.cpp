#include "dsp/smoother.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/dsp/signals.hpp"

namespace gecko::dsp {
namespace {

TEST(Smoother, ArrivesExactlyAndInTheTimePromised) {
    for (const double rate : {1500.0, 8000.0, 44100.0, 192000.0}) {
        Smoother smoother;
        smoother.prepare(rate);
        smoother.jump_to(12.0);
        smoother.set_target(-24.0);
        double almost = 0.0;
        double steps = 0.0;
        while (!smoother.settled()) {
            smoother.advance();
            steps += 1.0;
            if (smoother.value() > -24.0 + 0.36) almost = steps;
        }
        EXPECT_EQ(smoother.value(), -24.0);
        EXPECT_NEAR(almost / rate, 0.020, 0.002) << "99 % of the way at " << rate;
        EXPECT_LT(steps / rate, kLongestMoveSeconds) << rate;
    }
}

TEST(Smoother, NeitherOvershootsNorKinksWhateverTheTargetDoes) {
    std::mt19937_64 random(test::seed());
    std::uniform_real_distribution<double> target(-24.0, 12.0);
    std::uniform_int_distribution<int> pause(0, 3000);
    Smoother smoother;
    smoother.prepare(48000.0);
    constexpr double kStepsPerTimeConstant = 96.0;
    double last = 0.0;
    double last_step = 0.0;
    for (int change = 0; change < 2000; ++change) {
        const double goal = target(random);
        smoother.set_target(goal);
        for (int i = pause(random); i > 0; --i) {
            const double value = smoother.advance();
            ASSERT_GE(value, -24.0 - 1e-12);
            ASSERT_LE(value, 12.0 + 1e-12);
            const double step = value - last;
            // Four averages answer an impulse with t^3 exp(-t) / 6 (t in time constants). Its derivative swings
            // between 0.1306 and -0.0569: a target that turns at the worst of moments bends the value by the sum
            // of both. With three averages it would be 0.31.
            ASSERT_LT(std::abs(step - last_step),
                      36.0 * 0.1876 / (kStepsPerTimeConstant * kStepsPerTimeConstant))
                << "change " << change;
            last = value;
            last_step = step;
        }
        if (smoother.settled()) {
            ASSERT_EQ(smoother.value(), goal);
        }
    }
}

TEST(Smoother, WithTheSameTargetAgainStaysAtRest) {
    Smoother smoother;
    smoother.jump_to(3.0);
    smoother.set_target(3.0);
    EXPECT_TRUE(smoother.settled());
}

TEST(Smoother, ANewRateEndsAMoveAtItsTarget) {
    Smoother smoother;
    smoother.prepare(48000.0);
    smoother.set_target(5.0);
    smoother.advance();
    smoother.prepare(96000.0);
    EXPECT_TRUE(smoother.settled());
    EXPECT_EQ(smoother.value(), 5.0);
}

}  // namespace
}  // namespace gecko::dsp
