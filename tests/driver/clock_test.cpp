// Statements about zero timestamps, over hours and days of time that passes as the test says.
#include "driver/clock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

namespace gecko::driver::test {
namespace {

constexpr double kTicksPerSecond = 24e6;

TEST(Clock, SaysNothingBeforeItsFirstTimeLine) {
    const Clock clock;
    EXPECT_FALSE(clock.zero_time_stamp(12'345));
    EXPECT_FALSE(clock.line());
}

TEST(Clock, StampsAreOnTheLineAndOnePeriodApart) {
    Clock clock;
    clock.begin_time_line(1'000, 500.0);
    EXPECT_EQ(clock.zero_time_stamp(1'000)->sample_time, 0.0);
    EXPECT_EQ(clock.zero_time_stamp(1'000)->host_time, 1'000u);
    EXPECT_EQ(clock.zero_time_stamp(1'000 + 16'384 * 500 - 1)->sample_time, 0.0);
    EXPECT_EQ(clock.zero_time_stamp(1'000 + 16'384 * 500)->sample_time, 16'384.0);
    EXPECT_EQ(clock.zero_time_stamp(1'000 + 16'384 * 500)->host_time, 1'000u + 16'384 * 500);
    const auto line = clock.line();
    ASSERT_TRUE(line);
    EXPECT_EQ(line->frame_at(1'000 + 500 * 77), 77.0);
}

TEST(Clock, TimeBeforeTheTimeLineReadsAsItsBeginning) {
    Clock clock;
    clock.begin_time_line(1'000, 500.0);
    EXPECT_EQ(clock.zero_time_stamp(10)->sample_time, 0.0);
    EXPECT_EQ(clock.zero_time_stamp(10)->host_time, 1'000u);
}

TEST(Clock, EachTimeLineHasItsOwnSeedAndBeginsAtZero) {
    Clock clock;
    std::uint64_t seed = 0;
    for (std::uint64_t start = 100; start < 100'000'000; start = start * 3 + 1) {
        clock.begin_time_line(start, 500.0);
        const auto stamp = clock.zero_time_stamp(start + 1);
        EXPECT_EQ(stamp->sample_time, 0.0);
        EXPECT_EQ(stamp->host_time, start);
        EXPECT_NE(stamp->seed, seed);
        seed = stamp->seed;
        EXPECT_EQ(clock.zero_time_stamp(start + 900'000'000)->seed, seed);
    }
}

TEST(Clock, IsMonotonicInWholePeriodsAndCatchesUpAfterAnyStall) {
    const unsigned seed = std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed));
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> pause(1.0 / (0.01 * kTicksPerSecond));
    for (const double rate : {8'000.0, 44'100.0, 48'000.0, 176'400.0, 384'000.0}) {
        const double ticks_per_period = kTicksPerSecond / rate * Clock::kPeriod;
        Clock clock;
        std::uint64_t now = random() >> 16;
        const std::uint64_t start = now;
        clock.begin_time_line(now, kTicksPerSecond / rate);
        double last_sample = 0;
        std::uint64_t last_host = 0;
        for (int call = 0; call < 250'000; ++call) {
            now += static_cast<std::uint64_t>(pause(random));
            if (random() % 10'000 == 0)
                now += static_cast<std::uint64_t>(kTicksPerSecond) * (random() % 3'600);
            const auto stamp = clock.zero_time_stamp(now);
            ASSERT_TRUE(stamp);
            ASSERT_EQ(std::fmod(stamp->sample_time, double{Clock::kPeriod}), 0.0);
            ASSERT_GE(stamp->sample_time, last_sample);
            ASSERT_GE(stamp->host_time, last_host);
            ASSERT_LE(stamp->host_time, now) << "a stamp in the future";
            ASSERT_LT(static_cast<double>(now - stamp->host_time), ticks_per_period + 1) << "not the latest";
            // On the exact line to the tick, however long ago it began.
            const long double exact =
                static_cast<long double>(stamp->sample_time) * 24e6L / static_cast<long double>(rate);
            ASSERT_LT(std::fabs(static_cast<long double>(stamp->host_time - start) - exact), 1.01L);
            last_sample = stamp->sample_time;
            last_host = stamp->host_time;
        }
    }
}

TEST(Clock, DoesNotDriftInAMonth) {
    Clock clock;
    const double ticks_per_frame = kTicksPerSecond / 44'100.0;  // no whole number
    clock.begin_time_line(7, ticks_per_frame);
    const auto month = static_cast<std::uint64_t>(30 * 86'400 * kTicksPerSecond);
    const auto stamp = clock.zero_time_stamp(7 + month);
    const long double exact = static_cast<long double>(stamp->sample_time) * 24e6L / 44'100.0L;
    EXPECT_LT(std::fabs(static_cast<long double>(stamp->host_time - 7) - exact), 1.01L);
    EXPECT_GT(stamp->sample_time, 30 * 86'400 * 44'100.0 - Clock::kPeriod);
}

TEST(Clock, SteeredItRunsFasterOrSlowerFromTheLastStampOn) {
    Clock clock;
    clock.begin_time_line(1'000, 500.0);
    const std::uint64_t first = 1'000 + 16'384 * 500;
    clock.steer(first - 1, 100.0);  // before the first period is over
    EXPECT_EQ(clock.line()->ticks_per_frame, 500.0);
    clock.steer(first + 10, 100.0);
    EXPECT_EQ(clock.zero_time_stamp(first + 10)->host_time, first);
    EXPECT_DOUBLE_EQ(clock.line()->ticks_per_frame, 500.0 / 1.0001);
    EXPECT_EQ(clock.line()->anchor_frame, 16'384);
    const auto next = clock.zero_time_stamp(first + 16'384 * 500);
    EXPECT_EQ(next->sample_time, 2 * 16'384.0);
    EXPECT_NEAR(static_cast<double>(next->host_time - first), 16'384 * 500 / 1.0001, 1.0);
}

TEST(Clock, SteeringChangesByAHundredPpmAPeriodAndGoesNoFurtherThanAThousand) {
    for (const double asked : {1e300, std::numeric_limits<double>::infinity(), 5'000.0, -1e300, -5'000.0}) {
        Clock clock;
        clock.begin_time_line(0, 500.0);
        double last = 500.0;
        for (int period = 1; period < 20; ++period) {
            const auto now = static_cast<std::uint64_t>(period * 16'384 * 500.0 * 1.01) + 1'000;
            clock.steer(now, asked);
            clock.steer(now + 1, asked);  // once a period
            const double slope = clock.line()->ticks_per_frame;
            EXPECT_LE(std::abs(500.0 / slope - 500.0 / last), 100.1e-6);
            last = slope;
        }
        EXPECT_NEAR(500.0 / last, asked > 0 ? 1.001 : 0.999, 1e-9);
        clock.steer(1'000'000'000'000, std::numeric_limits<double>::quiet_NaN());  // nominal, step by step
        EXPECT_NEAR(500.0 / clock.line()->ticks_per_frame, asked > 0 ? 1.0009 : 0.9991, 1e-9);
    }
}

TEST(Clock, HoweverItIsSteeredTimeDoesNotJump) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> ppm(-1'500, 1'500);
    std::exponential_distribution<double> pause(1.0 / (0.01 * kTicksPerSecond));
    Clock clock;
    std::uint64_t now = random() >> 16;
    clock.begin_time_line(now, kTicksPerSecond / 44'100.0);
    auto last = *clock.zero_time_stamp(now);
    for (int call = 0; call < 1'000'000; ++call) {
        now += static_cast<std::uint64_t>(pause(random));
        if (random() % 100'000 == 0) now += static_cast<std::uint64_t>(100 * kTicksPerSecond);
        const auto before = *clock.zero_time_stamp(now);
        clock.steer(now, ppm(random));
        const auto stamp = *clock.zero_time_stamp(now);
        ASSERT_EQ(stamp.sample_time, before.sample_time) << "a stamp that was given is taken back";
        ASSERT_EQ(stamp.host_time, before.host_time);
        ASSERT_EQ(stamp.seed, last.seed);
        ASSERT_EQ(std::fmod(stamp.sample_time, double{Clock::kPeriod}), 0.0);
        const double periods = (stamp.sample_time - last.sample_time) / Clock::kPeriod;
        ASSERT_GE(periods, 0.0);
        if (periods > 0) {
            const double nominal = periods * Clock::kPeriod * kTicksPerSecond / 44'100.0;
            ASSERT_NEAR(static_cast<double>(stamp.host_time - last.host_time), nominal,
                        nominal * 1.001e-3 + 2);
        }
        last = stamp;
    }
}

TEST(Clock, GivesConcurrentReadersOneTimeLineAndNotHalfOfTwo) {
    Clock clock;
    constexpr std::uint64_t kLines = 2'000'000;
    std::atomic<bool> done{false};
    // Time line n: anchor 1000 n, 100 n ticks a frame. The writer is the only one who knows n.
    std::thread writer([&] {
        for (std::uint64_t n = 1; n <= kLines; ++n)
            clock.begin_time_line(1'000 * n, 100.0 * static_cast<double>(n));
        done = true;
    });
    std::uint64_t last_seed = 0;
    std::uint64_t torn = 0;
    while (!done) {
        if (const auto stamp = clock.zero_time_stamp(0)) {
            if (stamp->host_time != 1'000 * stamp->seed || stamp->seed < last_seed) ++torn;
            last_seed = stamp->seed;
        }
        if (const auto line = clock.line())
            if (line->anchor_host_time != line->ticks_per_frame * 10) ++torn;
    }
    writer.join();
    EXPECT_EQ(torn, 0u);
    EXPECT_EQ(clock.zero_time_stamp(0)->seed, kLines);
}

}  // namespace
}  // namespace gecko::driver::test
