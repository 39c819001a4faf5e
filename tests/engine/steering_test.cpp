// The controller against a clock that it controls: what docs/clock.md says of the loop.
#include "engine/steering.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gecko::engine::testing {
namespace {

struct Course {
    double largest_error = 0;  // s
    double last_error = 0;     // s
    double largest_step = 0;   // ppm a period
    double ppm = 0;
};

/// Two clocks that differ by `ppm`, for `seconds`; the driver takes up what is asked at the zero timestamp after it. The output
/// pulls 512 frames at a time.
Course run(double rate_hz, double ppm, double seconds) {
    Steering steering;
    Course course;
    const double pull = 512 / rate_hz;
    const double period = 16'384 / rate_hz;
    double error = 0;
    double applied = 0;
    double next_period = period;
    for (double now = 0; now < seconds; now += pull) {
        error += (ppm + applied) * 1e-6 * pull;
        const double asked = steering.update(error, pull, period);
        if (now >= next_period) {
            course.largest_step = std::max(course.largest_step, std::abs(asked - applied));
            applied = asked;
            next_period += period;
        }
        course.largest_error = std::max(course.largest_error, std::abs(error));
    }
    course.last_error = error;
    course.ppm = applied;
    return course;
}

TEST(Steering, ADifferenceOf300PpmMovesThePhaseByLessThan1200MicrosecondsAtEveryRate) {
    for (const double rate : {16'000.0, 44'100.0, 48'000.0, 96'000.0, 192'000.0, 384'000.0}) {
        for (const double ppm : {300.0, -300.0, 50.0}) {
            const Course course = run(rate, ppm, 600);
            EXPECT_LT(course.largest_error, 1.2e-3) << rate;
            EXPECT_LT(std::abs(course.last_error), 2e-6) << rate;
            EXPECT_NEAR(course.ppm, -ppm, 0.1) << rate;
            EXPECT_LE(course.largest_step, Steering::kStep + 1e-9) << rate;
        }
    }
}

TEST(Steering, At8KilohertzWhosePeriodIsTwoSecondsThePhaseMovesALittleFurtherAndSettlesAllTheSame) {
    const Course course = run(8'000, 300, 600);
    EXPECT_LT(course.largest_error, 1.3e-3);
    EXPECT_LT(std::abs(course.last_error), 2e-6);
    EXPECT_NEAR(course.ppm, -300, 0.1);
    EXPECT_LE(course.largest_step, Steering::kStep + 1e-9);
}

TEST(Steering, WhatIsBeyondItsReachIsSteeredAsFarAsItGoes) {
    EXPECT_EQ(run(48'000, 5'000, 100).ppm, -Steering::kLimit);
    EXPECT_EQ(run(48'000, -5'000, 100).ppm, Steering::kLimit);
}

TEST(Steering, WhatItHasLearntOfTheClocksOutlivesAPhaseAndNotAnOutput) {
    Steering steering;
    for (int i = 0; i < 10'000; ++i) steering.update(1e-4, 0.01, 0.34);
    const double learnt = steering.ppm();
    EXPECT_LT(learnt, -100);
    steering.restart();
    EXPECT_NEAR(steering.update(0, 0.01, 0.34), learnt, 30);
    steering.reset();
    EXPECT_EQ(steering.update(0, 0.01, 0.34), 0);
}

}  // namespace
}  // namespace gecko::engine::testing
