#include "minihal/system/ticks.hpp"

#include <gtest/gtest.h>
#include <mach/mach_time.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace {

__extension__ using Wide = unsigned __int128;

TEST(Ticks, ThereAre24MillionInASecond) {
    EXPECT_EQ(minihal::ticks_from_ns(1'000'000'000), minihal::kTicksPerSecond);
    EXPECT_EQ(minihal::ns_from_ticks(minihal::kTicksPerSecond), 1'000'000'000U);
    mach_timebase_info_data_t timebase{};
    EXPECT_EQ(mach_timebase_info(&timebase), KERN_SUCCESS);
    EXPECT_EQ(timebase.numer, 125U);
    EXPECT_EQ(timebase.denom, 3U);
}

TEST(Ticks, ConversionsRoundDownAndNeverOverflow) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
    EXPECT_EQ(minihal::ticks_from_ns(kMost), static_cast<uint64_t>(Wide{kMost} * 3 / 125));
    for (int i = 0; i < 100'000; ++i) {
        const uint64_t ns = random() >> (random() % 64);
        const uint64_t ticks = minihal::ticks_from_ns(ns);
        ASSERT_EQ(ticks, static_cast<uint64_t>(Wide{ns} * 3 / 125)) << ns;
        ASSERT_EQ(minihal::ns_from_ticks(ticks), static_cast<uint64_t>(Wide{ticks} * 125 / 3)) << ticks;
    }
}

}  // namespace
