#include "minihal/host/device_line.hpp"

#include <gtest/gtest.h>

namespace {

using minihal::DeviceLine;

constexpr uint64_t kTicksPerFrame = 500;  // at 48 kHz
constexpr uint64_t kPeriod = 16384;

TEST(DeviceLine, IsNominalUntilTwoStampsAreKnown) {
    DeviceLine line(48000);
    EXPECT_TRUE(line.update(100, 1'000'000, 1));
    EXPECT_EQ(line.host_time_of(110), 1'000'000 + 10 * kTicksPerFrame);
    EXPECT_EQ(line.host_time_of(90), 1'000'000 - 10 * kTicksPerFrame);
    EXPECT_EQ(line.sample_time_at(1'000'000 - 10 * kTicksPerFrame), 90.0);
}

TEST(DeviceLine, FollowsTheLastTwoStamps) {
    DeviceLine line(48000);
    line.update(0, 0, 1);
    EXPECT_FALSE(line.update(16384, kPeriod * 501, 1));
    EXPECT_EQ(line.ticks_per_frame(), 501.0);
    EXPECT_EQ(line.stamp(16384 + 1000).mHostTime, (kPeriod + 1000) * 501);
    EXPECT_DOUBLE_EQ(line.stamp(0).mRateScalar, 501.0 / 500.0);
}

TEST(DeviceLine, TheSameStampChangesNothing) {
    DeviceLine line(48000);
    line.update(0, 0, 1);
    line.update(16384, kPeriod * 501, 1);
    EXPECT_FALSE(line.update(16384, kPeriod * 501, 1));
    EXPECT_EQ(line.ticks_per_frame(), 501.0);
}

TEST(DeviceLine, AnotherSeedBeginsANewLine) {
    DeviceLine line(48000);
    line.update(0, 0, 1);
    line.update(16384, kPeriod * 501, 1);
    EXPECT_TRUE(line.update(0, 20'000'000, 2));
    EXPECT_EQ(line.host_time_of(0), 20'000'000U);
    EXPECT_EQ(line.ticks_per_frame(), 500.0);
}

}  // namespace
