// The host clock in several processes.
#include <gtest/gtest.h>
#include <mach/mach_time.h>

#include <memory>
#include <random>
#include <string>

#include "minihal/system/host_clock.hpp"
#include "tests/minihal/cf/clock_test_tools.hpp"
#include "tests/minihal/cf/run_directory_fixture.hpp"

namespace {

using SharedClock = RunDirectory;
using minihal::Excess;
using minihal::HostClockWriter;

struct Meeting {
    LatestReading latest;
    std::atomic<int> ready{0};
    std::atomic<bool> stop{false};
};

void wait_for(const std::atomic<int>& count, int value) {
    while (count.load() < value) usleep(100);
}

TEST_F(SharedClock, NeverGoesBackFromOneProcessToAnotherWhileTheServerStalls) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Shared<Meeting> meeting;
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();

    const auto read_until_stopped = [&meeting] {
        minihal::host_clock_follow();
        meeting->ready.fetch_add(1);
        uint64_t last = 0;
        while (!meeting->stop.load(std::memory_order_relaxed)) {
            if (!meeting->latest.read()) return 1;
            const uint64_t now = mach_absolute_time();
            if (now < last) return 2;
            last = now;
        }
        return 0;
    };
    Child first(read_until_stopped);
    Child second(read_until_stopped);
    wait_for(meeting->ready, 2);

    uint64_t clock = mach_absolute_time();
    for (int cycle = 0; cycle < 20'000; ++cycle) {
        // Between finished before its time and finished long after it.
        const uint64_t due = clock + random() % 2000;
        writer->set_due(due);
        const uint64_t begun = mach_absolute_time();
        if (random() % 4 == 0) pass_real_time(random() % 4000);
        const uint64_t now = mach_absolute_time();
        ASSERT_LE(now, std::max(due, begun)) << "cycle " << cycle;
        ASSERT_GE(begun, clock) << "cycle " << cycle;
        ASSERT_GE(now, begun) << "cycle " << cycle;
        clock = now;
        if (random() % 100 == 0) {
            writer->set_due(minihal::kNoDue, Excess::kKept);
            clock = mach_absolute_time();
        }
    }
    meeting->stop.store(true);
    EXPECT_EQ(first.result(), 0);
    EXPECT_EQ(second.result(), 0);
}

TEST_F(SharedClock, StandsStillInEveryProcessUntilTheCycleIsFinished) {
    const Shared<Meeting> meeting;
    auto writer = HostClockWriter::open();
    ASSERT_TRUE(writer) << writer.error();
    const uint64_t due = mach_absolute_time() + kMillisecond;
    writer->set_due(due);
    pass_real_time(3 * kMillisecond);
    Child reader([due] {
        minihal::host_clock_follow();
        return mach_absolute_time() == due ? 0 : 1;
    });
    EXPECT_EQ(reader.result(), 0);
    EXPECT_EQ(mach_absolute_time(), due);
}

// A server whose clock stands still for `stall` ticks, and that then waits with a cycle unfinished.
auto stalled_server(const Shared<Meeting>& meeting, uint64_t stall) {
    return [&meeting, stall] {
        auto writer = HostClockWriter::open();
        if (!writer) return 1;
        writer->set_due(mach_absolute_time());
        pass_real_time(stall);
        writer->set_due(minihal::kNoDue);
        // Past every time that the tests before this one have read without that stall.
        pass_real_time(2 * stall);
        writer->set_due(mach_absolute_time() + kMillisecond);
        meeting->ready.fetch_add(1);
        for (;;) pause();
    };
}

TEST_F(SharedClock, OutlivesItsServerAndTheNextContinuesIt) {
    const Shared<Meeting> meeting;
    Child first_server(stalled_server(meeting, 50 * kMillisecond));
    wait_for(meeting->ready, 1);
    minihal::host_clock_follow();
    pass_real_time(2 * kMillisecond);
    const uint64_t stopped = mach_absolute_time();
    EXPECT_EQ(mach_absolute_time(), stopped) << "a cycle is unfinished";
    EXPECT_GE(real_ticks() - stopped, 50 * kMillisecond);
    first_server.kill_now();
    EXPECT_EQ(mach_absolute_time(), stopped) << "nobody has noticed yet";

    // Real time goes on from here, for this process and for the next server alike.
    minihal::host_clock_release();
    const uint64_t real_at_release = real_ticks();
    const uint64_t alone = mach_absolute_time();
    EXPECT_GE(alone, stopped);
    EXPECT_GE(real_at_release - alone, 49 * kMillisecond) << "the offset is kept";

    auto next_server = HostClockWriter::open();
    ASSERT_TRUE(next_server) << next_server.error();
    minihal::host_clock_follow();
    const uint64_t together = mach_absolute_time();
    EXPECT_GE(together, alone);
    EXPECT_LE(together - alone, real_ticks() - real_at_release) << "no jump";
}

TEST_F(SharedClock, APageWithoutAServerStopsNobody) {
    const Shared<Meeting> meeting;
    Child server(stalled_server(meeting, 0));
    wait_for(meeting->ready, 1);
    server.kill_now();
    Child newcomer(CLOCK_NEWCOMER, "runs");
    EXPECT_EQ(newcomer.result(), 0);
}

}  // namespace
