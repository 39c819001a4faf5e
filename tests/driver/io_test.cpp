// Statements about starting and stopping IO, and about what the host asks of the IO thread.
#include <gtest/gtest.h>

#include <random>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

class Io : public DriverTest {
  protected:
    OSStatus start(UInt32 client = 1) { return interface().StartIO(ref(), kDeviceId, client); }
    OSStatus stop(UInt32 client = 1) { return interface().StopIO(ref(), kDeviceId, client); }
    bool running() { return get<UInt32>(kDeviceId, global("goin"_cc)) != 0; }

    struct Stamp {
        Float64 sample_time = -1;
        UInt64 host_time = 0;
        UInt64 seed = 0;
    };
    Stamp stamp() {
        Stamp stamp;
        EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 1, &stamp.sample_time, &stamp.host_time,
                                               &stamp.seed),
                  0);
        return stamp;
    }
};

TEST_F(Io, RunsFromTheFirstStartToTheLastStopAndSaysSo) {
    const std::vector<FakeHost::Change> told{{kDeviceId, "goin"_cc}};
    EXPECT_FALSE(running());
    EXPECT_EQ(start(1), 0);
    EXPECT_TRUE(running());
    drain();
    EXPECT_EQ(host_.take_changes(), told);
    EXPECT_EQ(start(2), 0);
    EXPECT_EQ(start(1), 0);
    EXPECT_EQ(stop(1), 0);
    EXPECT_EQ(stop(2), 0);
    EXPECT_TRUE(running());
    EXPECT_FALSE(drain()) << "still running, nothing to tell";
    EXPECT_EQ(stop(1), 0);
    EXPECT_FALSE(running());
    drain();
    EXPECT_EQ(host_.take_changes(), told);
}

TEST_F(Io, StoppedTooOftenIsAnErrorAndNotANegativeCount) {
    EXPECT_EQ(stop(), kAudioHardwareNotRunningError);
    EXPECT_EQ(start(), 0);
    EXPECT_EQ(stop(), 0);
    EXPECT_EQ(stop(), kAudioHardwareNotRunningError);
    EXPECT_EQ(start(), 0);
    EXPECT_TRUE(running());
}

TEST_F(Io, CountsStartsAndStopsInAnyOrder) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    int starts = 0;
    for (int i = 0; i < 10'000; ++i) {
        if (random() % 2 == 0) {
            ASSERT_EQ(start(random() % 4), 0);
            ++starts;
        } else {
            ASSERT_EQ(stop(random() % 4), starts > 0 ? 0 : OSStatus{kAudioHardwareNotRunningError});
            starts = std::max(0, starts - 1);
        }
        ASSERT_EQ(running(), starts > 0);
    }
}

TEST_F(Io, HasNoTimeBeforeItsFirstStart) {
    Float64 time = 0;
    UInt64 ticks = 0;
    EXPECT_EQ(interface().GetZeroTimeStamp(ref(), kDeviceId, 1, &time, &ticks, &ticks),
              kAudioHardwareNotRunningError);
    EXPECT_EQ(write_mix(0, {0, 0}), kAudioHardwareNotRunningError);
}

TEST_F(Io, FirstStartBeginsATimeLineAndLaterOnesDoNot) {
    set_now(777'000);
    EXPECT_EQ(start(), 0);
    const Stamp first = stamp();
    EXPECT_EQ(first.sample_time, 0.0);
    EXPECT_EQ(first.host_time, 777'000u);
    advance_seconds(10);
    EXPECT_EQ(start(2), 0);
    EXPECT_EQ(stamp().seed, first.seed);
    EXPECT_EQ(stamp().sample_time, 29 * 16'384.0);  // of 480 000
    EXPECT_EQ(stop(2), 0);
    EXPECT_EQ(stop(1), 0);
    EXPECT_EQ(start(1), 0);
    EXPECT_NE(stamp().seed, first.seed);
    EXPECT_EQ(stamp().sample_time, 0.0);
    EXPECT_EQ(stamp().host_time, now());
}

TEST_F(Io, TellsTheAppWhetherItRuns) {
    EXPECT_EQ(start(), 0);
    SegmentOfTest app;
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
    EXPECT_TRUE(app.reader().state().running);
    EXPECT_EQ(stop(), 0);
    EXPECT_FALSE(app.reader().state().running);
    EXPECT_EQ(start(), 0);
    EXPECT_TRUE(app.reader().state().running);
}

TEST_F(Io, TakesPartInProcessOutputAndWriteMixOnlyAndInPlace) {
    for (const UInt32 operation : {"thrd"_cc, "cycl"_cc, "read"_cc, "cinp"_cc, "pinp"_cc, "pout"_cc,
                                   "mixo"_cc, "pmix"_cc, "cmix"_cc, "rite"_cc, "zzzz"_cc}) {
        Boolean will_do = 2;
        Boolean in_place = 2;
        EXPECT_EQ(interface().WillDoIOOperation(ref(), kDeviceId, 1, operation, &will_do, &in_place), 0);
        EXPECT_EQ(will_do != 0, operation == "pout"_cc || operation == "rite"_cc) << text_of(operation);
        EXPECT_EQ(in_place, 1);
    }
}

TEST_F(Io, BeginsAndEndsEveryOperation) {
    const AudioServerPlugInIOCycleInfo cycle{};
    EXPECT_EQ(interface().BeginIOOperation(ref(), kDeviceId, 1, "rite"_cc, 512, &cycle), 0);
    EXPECT_EQ(interface().EndIOOperation(ref(), kDeviceId, 1, "rite"_cc, 512, &cycle), 0);
    EXPECT_EQ(interface().BeginIOOperation(ref(), kStreamId, 1, "rite"_cc, 512, &cycle),
              kAudioHardwareBadDeviceError);
}

TEST_F(Io, RefusesOtherStreamsAndOperationsAndLeavesProcessOutputAlone) {
    EXPECT_EQ(start(), 0);
    const AudioServerPlugInIOCycleInfo cycle{};
    std::array<float, 4> pcm{0.1f, 0.2f, 0.3f, 0.4f};
    const auto run = [&](AudioObjectID stream, UInt32 operation) {
        return interface().DoIOOperation(ref(), kDeviceId, stream, 1, operation, 2, &cycle, pcm.data(),
                                         nullptr);
    };
    EXPECT_EQ(run(kDeviceId, "rite"_cc), kAudioHardwareBadStreamError);
    EXPECT_EQ(run(99, "rite"_cc), kAudioHardwareBadStreamError);
    EXPECT_EQ(run(kStreamId, "read"_cc), kAudioHardwareUnsupportedOperationError);
    EXPECT_EQ(run(kStreamId, "pout"_cc), 0);
    EXPECT_EQ(pcm, (std::array<float, 4>{0.1f, 0.2f, 0.3f, 0.4f}));
}

}  // namespace
}  // namespace gecko::driver::test
