// Statements about the latency of the app's path: who says it, when it comes into force, when it goes.
#include <gtest/gtest.h>

#include <vector>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

constexpr pid_t kOwner = 100;
using Actions = std::vector<UInt64>;

class Latency : public DriverTest {
  protected:
    OSStatus set_latency(CFTypeRef value, pid_t pid = kOwner) {
        return set(kDeviceId, global("glat"_cc), value, pid);
    }
    template <class Value>
    OSStatus set_latency_to(Value frames, pid_t pid = kOwner) {
        DictionaryBuilder builder;
        builder.add(shm::key::kLatency, frames);
        const CfOwned<CFTypeRef> request(builder.release());
        return set_latency(request.get(), pid);
    }
    OSStatus set_frames(std::int64_t frames, pid_t pid = kOwner) { return set_latency_to(frames, pid); }
    OSStatus attach(SegmentOfTest& app, pid_t pid = kOwner) {
        return set(kDeviceId, global("gshm"_cc), app.request(), pid);
    }
    OSStatus detach(pid_t pid = kOwner) {
        DictionaryBuilder builder;
        builder.add(shm::key::kDetach, true);
        const CfOwned<CFTypeRef> request(builder.release());
        return set(kDeviceId, global("gshm"_cc), request.get(), pid);
    }
    OSStatus perform(UInt64 action) {
        return interface().PerformDeviceConfigurationChange(ref(), kDeviceId, action, nullptr);
    }
    /// The host does what it is asked for. How often it was.
    std::size_t perform_all() {
        drain();
        const Actions actions = host_.take_requests();
        for (const UInt64 action : actions) EXPECT_EQ(perform(action), 0);
        drain();
        return actions.size();
    }
    UInt32 latency() {
        EXPECT_EQ(get<UInt32>(kDeviceId, input("ltnc"_cc)), 0u);
        const CfOwned dictionary(get<CFDictionaryRef>(kDeviceId, global("glat"_cc)));
        const auto read = get<UInt32>(kDeviceId, output("ltnc"_cc));
        EXPECT_EQ(find_number(dictionary.get(), shm::key::kLatency), read);
        return read;
    }

    SegmentOfTest app_;
};

TEST_F(Latency, IsWhatTheAttachedAppSaysOnceTheHostHasStoppedIo) {
    EXPECT_EQ(latency(), 0u);
    ASSERT_EQ(attach(app_), 0);
    drain();
    (void)host_.take_changes();
    EXPECT_EQ(set_frames(1'234), 0);
    EXPECT_EQ(host_.take_requests(), Actions{}) << "asked on the caller's stack";
    drain();
    const Actions actions = host_.take_requests();
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(latency(), 0u);
    EXPECT_EQ(perform(actions[0]), 0);
    EXPECT_EQ(latency(), 1'234u);
    drain();
    EXPECT_EQ(host_.take_changes(),
              (std::vector<FakeHost::Change>{{kDeviceId, "glat"_cc}, {kDeviceId, "gsta"_cc}}));
    EXPECT_EQ(get<UInt32>(kStreamId, global("ltnc"_cc)), 0u) << "it would count twice";
}

TEST_F(Latency, ThatIsTheSameStopsNobody) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(0), 0);
    EXPECT_EQ(perform_all(), 0u);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(perform_all(), 0u);
    EXPECT_EQ(latency(), 500u);
}

TEST_F(Latency, OfTwoTheLaterCounts) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(set_frames(600), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(latency(), 600u);
}

TEST_F(Latency, AndRateAreAskedForBoth) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(set(kDeviceId, global("nsrt"_cc), 96e3), 0);
    EXPECT_EQ(perform_all(), 2u);
    EXPECT_EQ(latency(), 500u);
    EXPECT_EQ(get<Float64>(kDeviceId, global("nsrt"_cc)), 96e3);
}

TEST_F(Latency, ThatIsATimeFollowsTheRateAndStopsNobodyForIt) {
    ASSERT_EQ(attach(app_), 0);
    DictionaryBuilder builder;
    builder.add(shm::key::kLatency, std::int64_t{500});
    builder.add(shm::key::kLatencyTime, std::int64_t{4'000});
    const CfOwned value(builder.release());
    EXPECT_EQ(set_latency(value.get()), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(latency(), 692u);
    EXPECT_EQ(perform(96'000), 0);
    EXPECT_EQ(latency(), 884u);
    EXPECT_EQ(perform(44'100), 0);
    EXPECT_EQ(latency(), 677u) << "176.4 frames are 177";
    EXPECT_EQ(perform_all(), 0u);
}

TEST_F(Latency, OfMoreThanTwoSecondsAtTheRateIsRefused) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(96'000), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(set_frames(96'001), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(set_frames(UINT32_MAX), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(perform(8'000), 0);
    EXPECT_EQ(set_frames(16'001), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(set_frames(16'000), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(latency(), 16'000u);
}

TEST_F(Latency, ThatTheRateHasOvertakenIsNotTakenAndCanBeAskedForAgain) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(90'000), 0);
    drain();
    const Actions actions = host_.take_requests();
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(perform(8'000), 0);
    EXPECT_EQ(perform(actions[0]), kAudioDeviceUnsupportedFormatError);
    EXPECT_EQ(latency(), 0u);
    EXPECT_EQ(perform(48'000), 0);
    EXPECT_EQ(set_frames(90'000), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(latency(), 90'000u);
}

TEST_F(Latency, ThatIsNoNumberOfFramesIsRefused) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(-1), kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_frames(std::int64_t{1} << 32), kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_latency_to("500"), kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_latency_to(true), kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_latency_to(500.5), kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_latency(nullptr), kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_latency(kCFBooleanTrue), kAudioHardwareUnspecifiedError);
    const CfOwned<CFTypeRef> empty(DictionaryBuilder().release());
    EXPECT_EQ(set_latency(empty.get()), kAudioHardwareUnspecifiedError);
    EXPECT_EQ(perform_all(), 0u);
}

TEST_F(Latency, IsTheAttachedAppsAlone) {
    EXPECT_EQ(set_frames(500), kAudioHardwareIllegalOperationError) << "nobody is attached";
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(500, 200), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(set_frames(500, 0), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(perform_all(), 0u);
    EXPECT_EQ(latency(), 0u);
}

TEST_F(Latency, GoesWithTheAppWhereNobodyPlays) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(detach(), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(latency(), 0u);
}

TEST_F(Latency, StaysWhileSomebodyPlaysAndGoesWithTheLast) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(perform_all(), 1u);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 2), 0);
    EXPECT_EQ(detach(), 0);
    EXPECT_EQ(interface().StopIO(ref(), kDeviceId, 1), 0);
    EXPECT_EQ(perform_all(), 0u);
    EXPECT_EQ(latency(), 500u);
    EXPECT_EQ(interface().StopIO(ref(), kDeviceId, 2), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(latency(), 0u);
}

TEST_F(Latency, StaysWhenPlayersStopWhileTheAppIsThere) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(500), 0);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(interface().StopIO(ref(), kDeviceId, 1), 0);
    EXPECT_EQ(perform_all(), 0u);
    EXPECT_EQ(latency(), 500u);
}

TEST_F(Latency, StaysWhenTheHostWillNotAndCanBeAskedForAgain) {
    ASSERT_EQ(attach(app_), 0);
    EXPECT_EQ(set_frames(500), 0);
    drain();
    const Actions actions = host_.take_requests();
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(interface().AbortDeviceConfigurationChange(ref(), kDeviceId, actions[0], nullptr), 0);
    EXPECT_EQ(latency(), 0u);
    host_.answer_requests_with(kAudioHardwareUnspecifiedError);
    EXPECT_EQ(set_frames(500), 0);
    drain();
    EXPECT_EQ(host_.take_requests(), actions);
    host_.answer_requests_with(0);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(perform_all(), 1u);
    EXPECT_EQ(latency(), 500u);
}

TEST_F(Latency, ChangingLeavesTheRingsTimeLineAlone) {
    ASSERT_EQ(attach(app_), 0);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    ASSERT_EQ(write_mix(0, {0.5f, -0.5f}), 0);
    EXPECT_EQ(set_frames(500), 0);
    EXPECT_EQ(perform_all(), 1u);
    ASSERT_EQ(write_mix(1, {0.25f, -0.25f}), 0);
    EXPECT_EQ(app_.reader().state().position, 2u);
    EXPECT_EQ(app_.reader().state().generation, 0u);
}

TEST_F(Latency, ThatTheHostMakesUpIsRefused) {
    for (const UInt64 action : {UInt64{1} << 32 | 96'001, UInt64{1} << 33, UInt64{3} << 32, ~UInt64{0}})
        EXPECT_EQ(perform(action), kAudioDeviceUnsupportedFormatError) << action;
    EXPECT_EQ(latency(), 0u);
}

}  // namespace
}  // namespace gecko::driver::test
