// The app asks for another speed of the clock: what the driver makes of it, heard in its zero timestamps.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

class Steering : public DriverTest {
  protected:
    static constexpr double kPeriodSeconds = 16'384.0 / 48'000;

    void SetUp() override {
        DriverTest::SetUp();
        ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    }
    void attach() {
        app_.beat();
        ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app_.request(), 100), 0);
    }
    void ask(double ppm) {
        app_.view().control->consumer.steering.store(ppm);
        app_.view().control->consumer.pulled.store(now());
    }
    /// Cycles of 512 frames for `periods` zero timestamps, the app's output calling back or not.
    void play(double periods, bool pulling = true) {
        const std::vector<float> pcm(2 * 512, 0.25f);
        for (double time = 0; time < periods * kPeriodSeconds; time += 512.0 / 48'000) {
            if (pulling) app_.view().control->consumer.pulled.store(now());
            advance_seconds(512.0 / 48'000);
            ASSERT_EQ(write_mix(sample_time_ += 512, pcm), 0);
        }
    }
    /// How fast the clock runs, off nominal, by its zero timestamps in the next two periods.
    double ppm() {
        const auto stamp = [&] {
            double sample = 0;
            UInt64 host = 0;
            UInt64 seed = 0;
            EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 0, &sample, &host, &seed), 0);
            return std::pair(sample, static_cast<double>(host));
        };
        const auto first = stamp();
        advance_seconds(2 * kPeriodSeconds);
        const auto second = stamp();
        const double frames = (second.second - first.second) / (kTicksPerSecond / 48'000);
        return ((second.first - first.first) / frames - 1.0) * 1e6;
    }

    SegmentOfTest app_;
    double sample_time_ = 0;
};

TEST_F(Steering, TheClockTakesUpWhatTheAppAsks) {
    attach();
    ask(250);
    play(4);
    EXPECT_NEAR(ppm(), 250, 0.5);
    ask(-120);
    play(5);
    EXPECT_NEAR(ppm(), -120, 0.5);
}

TEST_F(Steering, NonsenseIsClampedOrNominal) {
    attach();
    for (const double asked : {std::numeric_limits<double>::quiet_NaN(), 0.0, -0.0}) {
        ask(asked);
        play(3);
        EXPECT_NEAR(ppm(), 0, 0.5);
    }
    ask(1e308);
    play(14);
    EXPECT_NEAR(ppm(), 1'000, 0.5);
    ask(-std::numeric_limits<double>::infinity());
    play(24);
    EXPECT_NEAR(ppm(), -1'000, 0.5);
}

TEST_F(Steering, AnAppWhoseOutputNoLongerCallsBackIsNotFollowed) {
    attach();
    ask(300);
    play(4);
    EXPECT_NEAR(ppm(), 300, 0.5);
    play(2, false);  // 1.4 s with the measurement before: it may come back
    EXPECT_NEAR(ppm(), 300, 0.5);
    play(8, false);
    EXPECT_NEAR(ppm(), 0, 0.5);
    app_.view().control->consumer.pulled.store(now() + static_cast<std::uint64_t>(1'000 * kTicksPerSecond));
    play(4, false);  // a heartbeat from the future is none
    EXPECT_NEAR(ppm(), 0, 0.5);
}

TEST_F(Steering, WithoutAnAppTheClockIsNominal) {
    play(3);
    EXPECT_NEAR(ppm(), 0, 0.5);
    attach();
    ask(300);
    play(4);
    DictionaryBuilder detach;
    detach.add(shm::key::kDetach, true);
    const CfOwned<CFPropertyListRef> request(detach.release());
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), request.get(), pid_t{100}), 0);
    play(4);
    EXPECT_NEAR(ppm(), 0, 0.5);
}

TEST_F(Steering, TheSegmentsClockLineIsTheOneOfTheZeroTimestamps) {
    attach();
    ask(300);
    for (int i = 0; i < 20; ++i) {
        play(0.4);
        const auto line = app_.reader().time_line();
        ASSERT_TRUE(line);
        double sample = 0;
        UInt64 host = 0;
        UInt64 seed = 0;
        ASSERT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 0, &sample, &host, &seed), 0);
        // P of the first frame written is 0, its sample time 512.
        EXPECT_NEAR(line->clock.frame_at(static_cast<double>(host)), sample - 512, 0.003);
    }
}

}  // namespace
}  // namespace gecko::driver::test
