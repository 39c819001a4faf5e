#include "minihal/system/host_clock.hpp"

#include <gtest/gtest.h>
#include <mach/mach_time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>

#include "tests/minihal/cf/clock_test_tools.hpp"
#include "tests/minihal/cf/run_directory_fixture.hpp"

namespace {

using HostClock = RunDirectory;
using minihal::Excess;
using minihal::HostClockWriter;

TEST_F(HostClock, WithoutAServerIsRealTime) {
    Child child(CLOCK_NEWCOMER, "is-real");
    EXPECT_EQ(child.result(), 0);
}

TEST_F(HostClock, StopsAtTheDueTimeOfAnUnfinishedCycleAndGoesOnFromThere) {
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    const uint64_t due = mach_absolute_time() + kMillisecond;
    writer->set_due(due);
    pass_real_time(4 * kMillisecond);
    EXPECT_EQ(mach_absolute_time(), due);
    pass_real_time(kMillisecond);
    EXPECT_EQ(mach_absolute_time(), due);

    const uint64_t before = real_ticks();
    writer->set_due(minihal::kNoDue);
    const uint64_t now = mach_absolute_time();
    EXPECT_GE(now, due);
    EXPECT_LE(now - due, real_ticks() - before);
}

TEST_F(HostClock, RunsInRealTimeBeforeADueTime) {
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    writer->set_due(mach_absolute_time() + 1000 * minihal::kTicksPerSecond);
    const uint64_t real_before = real_ticks();
    const uint64_t first = mach_absolute_time();
    pass_real_time(2 * kMillisecond);
    const uint64_t second = mach_absolute_time();
    const uint64_t real_after = real_ticks();
    EXPECT_GE(second - first, 2 * kMillisecond);
    EXPECT_LE(second - first, real_after - real_before);
}

TEST_F(HostClock, ANextCycleThatIsDueEarlierThanNowStopsItWhereItIs) {
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    const uint64_t before = mach_absolute_time();
    writer->set_due(before - minihal::kTicksPerSecond);
    const uint64_t stopped = mach_absolute_time();
    EXPECT_GE(stopped, before);
    pass_real_time(kMillisecond);
    EXPECT_EQ(mach_absolute_time(), stopped);
}

TEST_F(HostClock, AnOverloadThatIsAskedForLetsItJumpToRealTime) {
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    const uint64_t due = mach_absolute_time();
    writer->set_due(due);
    pass_real_time(3 * kMillisecond);
    writer->set_due(minihal::kNoDue, Excess::kKept);
    EXPECT_GE(mach_absolute_time(), due + 3 * kMillisecond);
}

TEST_F(HostClock, TellsHowLongToSleepUntilATime) {
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    const uint64_t now = mach_absolute_time();
    EXPECT_EQ(writer->time_until(now).count(), 0);
    EXPECT_EQ(writer->time_until(0).count(), 0);
    const auto second = writer->time_until(now + minihal::kTicksPerSecond);
    EXPECT_GT(second.count(), 0);
    EXPECT_LE(second, std::chrono::seconds(1) + std::chrono::nanoseconds(1));
    EXPECT_EQ(writer->time_until(minihal::kNoDue), std::chrono::nanoseconds::max());

    // After that long the clock has come there.
    const uint64_t soon = mach_absolute_time() + kMillisecond;
    std::this_thread::sleep_for(writer->time_until(soon));
    EXPECT_GE(mach_absolute_time(), soon);
}

TEST_F(HostClock, AClientThatLostItsServerGoesOnFromWhereItStood) {
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    const uint64_t due = mach_absolute_time();
    writer->set_due(due);
    pass_real_time(2 * kMillisecond);
    const uint64_t stopped = mach_absolute_time();
    minihal::host_clock_release();
    const uint64_t released = mach_absolute_time();
    EXPECT_GE(released, stopped);
    pass_real_time(kMillisecond);
    EXPECT_GE(mach_absolute_time(), released + kMillisecond);
    // The server goes on as if it had stood still, so this process waits for it.
    writer->set_due(minihal::kNoDue);
    const uint64_t ahead = mach_absolute_time();
    minihal::host_clock_follow();
    EXPECT_GE(mach_absolute_time(), ahead);
}

TEST_F(HostClock, NeverGoesBackInAnyThreadWhileItIsFollowedAndReleased) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    LatestReading latest;
    std::atomic<bool> stop{false};
    std::atomic<int> backwards{0};
    std::array<std::thread, 2> readers;
    for (auto& reader : readers) {
        reader = std::thread([&] {
            while (!stop.load(std::memory_order_relaxed)) {
                if (!latest.read()) backwards.fetch_add(1);
            }
        });
    }
    for (int i = 0; i < 2000; ++i) {
        switch (random() % 4) {
            case 0:
                minihal::host_clock_follow();
                break;
            case 1:
                minihal::host_clock_release();
                break;
            case 2:
                writer->set_due(mach_absolute_time() + random() % 1000);
                break;
            default:
                writer->set_due(minihal::kNoDue, random() % 8 == 0 ? Excess::kKept : Excess::kAbsorbed);
                break;
        }
        if (random() % 16 == 0) pass_real_time(random() % 500);
    }
    stop.store(true);
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(backwards.load(), 0);
}

uint64_t virtual_ticks = 0;

TEST_F(HostClock, CanBeReplacedByASimulation) {
    virtual_ticks = 5;
    minihal::set_virtual_clock([] { return virtual_ticks; });
    EXPECT_EQ(mach_absolute_time(), 5U);
    virtual_ticks = 24'000'000;
    EXPECT_EQ(mach_absolute_time(), 24'000'000U);
    minihal::set_virtual_clock(nullptr);
    EXPECT_GE(mach_absolute_time(), 0U);
    EXPECT_NE(mach_absolute_time(), 24'000'000U);
}

}  // namespace
