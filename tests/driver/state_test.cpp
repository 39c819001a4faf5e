// Statements about 'gsta' beyond attaching: what a support person reads of a driver that runs.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

class DriverState : public DriverTest {
  protected:
    void TearDown() override { set_console(Console::ours); }

    std::optional<double> number(const char* key) {
        const CfOwned dictionary(get<CFDictionaryRef>(kDeviceId, global("gsta"_cc)));
        const auto held = static_cast<CFNumberRef>(find_value(dictionary.get(), key, ::CFNumberGetTypeID()));
        double value = 0;
        if (held == nullptr || !::CFNumberGetValue(held, kCFNumberFloat64Type, &value)) return std::nullopt;
        return value;
    }
    bool running() {
        const CfOwned dictionary(get<CFDictionaryRef>(kDeviceId, global("gsta"_cc)));
        const auto held = static_cast<CFBooleanRef>(
            find_value(dictionary.get(), shm::key::kRunning, ::CFBooleanGetTypeID()));
        return held != nullptr && ::CFBooleanGetValue(held);
    }
    void attach(SegmentOfTest& app) {
        ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), pid_t{100}), 0);
    }
};

TEST_F(DriverState, SaysWhoSitsAtTheMachine) {
    EXPECT_EQ(number(shm::key::kConsoleUid), ::geteuid());
    set_console(Console::foreign);
    EXPECT_NE(number(shm::key::kConsoleUid), ::geteuid());
    set_console(Console::none);
    EXPECT_EQ(number(shm::key::kConsoleUid), std::nullopt);
}

TEST_F(DriverState, SaysRateAndWhetherIoRunsAndHowManyClientsThereAre) {
    EXPECT_EQ(number(shm::key::kRate), 48e3);
    EXPECT_FALSE(running());
    EXPECT_EQ(number(shm::key::kClients), 0);
    ASSERT_EQ(interface().PerformDeviceConfigurationChange(ref(), kDeviceId, 96'000, nullptr), 0);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    for (UInt32 id = 1; id <= 3; ++id) {
        const AudioServerPlugInClientInfo client{id, 1'000, true, nullptr};
        ASSERT_EQ(interface().AddDeviceClient(ref(), kDeviceId, &client), 0);
    }
    EXPECT_EQ(number(shm::key::kRate), 96e3);
    EXPECT_TRUE(running());
    EXPECT_EQ(number(shm::key::kClients), 3);
    const AudioServerPlugInClientInfo gone{2, 1'000, true, nullptr};
    ASSERT_EQ(interface().RemoveDeviceClient(ref(), kDeviceId, &gone), 0);
    EXPECT_EQ(number(shm::key::kClients), 2);
}

TEST_F(DriverState, SaysWhatTheAppSaysInTheSegment) {
    for (const char* key : {shm::key::kClientRings, shm::key::kSteering, shm::key::kOvertaken,
                            shm::key::kUnderruns, shm::key::kAliveAge, shm::key::kPulledAge})
        EXPECT_EQ(number(key), std::nullopt) << key << ", and nobody is attached";
    SegmentOfTest app;
    set_now(1'000'000'000);
    attach(app);
    auto& consumer = app.view().control->consumer;
    consumer.alive.store(now() - static_cast<std::uint64_t>(0.75 * kTicksPerSecond));
    consumer.pulled.store(now() - static_cast<std::uint64_t>(0.012 * kTicksPerSecond));
    consumer.steering.store(-12.5);
    consumer.overtaken_frames.store(480);
    consumer.underrun_frames.store(std::uint64_t{1} << 40);
    EXPECT_EQ(number(shm::key::kClientRings), shm::kClientRings);
    EXPECT_EQ(number(shm::key::kSteering), -12.5);
    EXPECT_EQ(number(shm::key::kOvertaken), 480);
    EXPECT_EQ(number(shm::key::kUnderruns), std::ldexp(1.0, 40));
    EXPECT_EQ(number(shm::key::kAliveAge), 750);
    EXPECT_EQ(number(shm::key::kPulledAge), 12);
    EXPECT_EQ(number(shm::key::kLatency), 0);
}

TEST_F(DriverState, LeavesOutWhatCannotBe) {
    SegmentOfTest app;
    attach(app);
    auto& consumer = app.view().control->consumer;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    for (const double nonsense : {1'000.5, -1e9, kInfinity, -kInfinity, std::nan("")}) {
        consumer.steering.store(nonsense);
        EXPECT_EQ(number(shm::key::kSteering), std::nullopt) << nonsense;
    }
    for (const std::uint64_t nonsense : {std::uint64_t{0}, now() + 1, ~std::uint64_t{0}}) {
        consumer.alive.store(nonsense);
        consumer.pulled.store(nonsense);
        EXPECT_EQ(number(shm::key::kAliveAge), std::nullopt) << nonsense;
        EXPECT_EQ(number(shm::key::kPulledAge), std::nullopt) << nonsense;
    }
    consumer.overtaken_frames.store(~std::uint64_t{0});
    consumer.underrun_frames.store(std::uint64_t{1} << 63);
    EXPECT_EQ(number(shm::key::kOvertaken), std::nullopt);
    EXPECT_EQ(number(shm::key::kUnderruns), std::nullopt);
}

}  // namespace
}  // namespace gecko::driver::test
