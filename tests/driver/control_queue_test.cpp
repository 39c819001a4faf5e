// Statements about what is told to the host later, and by whom.
#include "driver/control_queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "driver_fixture.hpp"

namespace gecko::driver::test {
namespace {

struct Log {
    std::vector<ControlWork> works;
    static void handle(void* log, const ControlWork& work) noexcept {
        static_cast<Log*>(log)->works.push_back(work);
    }
};

constexpr std::uint32_t bit(Notice notice) {
    return static_cast<std::uint32_t>(notice);
}

TEST(ControlQueue, HoldsEachNoticeOnceAndTheLatestRate) {
    Log log;
    ControlQueue queue(&Log::handle, &log);
    for (int i = 0; i < 1'000; ++i) {
        queue.post(Notice::volume);
        queue.post(Notice::running);
        queue.post_rate(i % 2 == 0 ? 96'000 : 44'100);
    }
    EXPECT_TRUE(queue.drain());
    ASSERT_EQ(log.works.size(), 1u);
    EXPECT_EQ(log.works[0].notices, bit(Notice::volume) | bit(Notice::running));
    EXPECT_EQ(log.works[0].rate, 44'100u);
    EXPECT_FALSE(queue.drain());
}

TEST(ControlQueue, HandlesWhatIsPostedWhileItIsDrained) {
    struct Chain {
        ControlQueue queue{&Chain::handle, this};
        int handled = 0;
        static void handle(void* chain, const ControlWork&) noexcept {
            auto& self = *static_cast<Chain*>(chain);
            if (++self.handled < 3) self.queue.post(Notice::mute);
        }
    } chain;
    chain.queue.post(Notice::volume);
    EXPECT_TRUE(chain.queue.drain());
    EXPECT_EQ(chain.handled, 3);
}

TEST(ControlQueue, WithAThreadCallsTheHostThereAndNotOnTheCallersStack) {
    struct Caller {
        std::promise<std::thread::id> who;
        static void handle(void* caller, const ControlWork&) noexcept {
            static_cast<Caller*>(caller)->who.set_value(std::this_thread::get_id());
        }
    } caller;
    ControlQueue queue(&Caller::handle, &caller);
    ASSERT_EQ(queue.start_thread(), 0);
    ASSERT_EQ(queue.start_thread(), 0);
    queue.post(Notice::volume);
    auto who = caller.who.get_future();
    ASSERT_EQ(who.wait_for(std::chrono::seconds(10)), std::future_status::ready);
    EXPECT_NE(who.get(), std::this_thread::get_id());
}

TEST(ControlQueue, EndsItsThreadWhenItGoes) {
    Log log;
    for (int i = 0; i < 100; ++i) {
        ControlQueue queue(&Log::handle, &log);
        ASSERT_EQ(queue.start_thread(), 0);
        queue.post(Notice::volume);
    }
    EXPECT_LE(log.works.size(), 100u);
}

TEST(ControlQueue, OfAnInitialisedPlugInTellsTheHostByItself) {
    FakeHost host;
    PlugIn plug_in(ControlCalls::thread);
    auto& table = **plug_in.ref();
    ASSERT_EQ(table.Initialize(plug_in.ref(), host.ref()), 0);
    ASSERT_EQ(table.StartIO(plug_in.ref(), kDeviceId, 1), 0);
    std::vector<FakeHost::Change> changes;
    for (int tries = 0; tries < 10'000 && changes.empty(); ++tries) {
        changes = host.take_changes();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(changes, (std::vector<FakeHost::Change>{{kDeviceId, "goin"_cc}}));
}

}  // namespace
}  // namespace gecko::driver::test
