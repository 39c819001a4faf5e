// Changes under the virtual clock: of rate, of the default device, of the server.
#include "tests/minihal/virtual/virtual_fixture.hpp"

namespace minihal_test {
namespace {

using VirtualLife = VirtualHalTest;

TEST_F(VirtualLife, ARateChangesWhileItPlaysAndListenersAreTold) {
    const auto device = device_with_uid(kSpeakersUid);
    const Told told(device, at(kAudioDevicePropertyNominalSampleRate));
    Player player(device, 7, 480'000);
    ASSERT_EQ(player.start(), 0);
    run(0.5);
    ASSERT_EQ(set(device, at(kAudioDevicePropertyNominalSampleRate), 96'000.0), 0);
    EXPECT_EQ(get<Float64>(device, at(kAudioDevicePropertyNominalSampleRate)), 48'000.0);
    hal().deliver();
    EXPECT_EQ(get<Float64>(device, at(kAudioDevicePropertyNominalSampleRate)), 96'000.0);
    EXPECT_EQ(told.count(), 1);
    run(0.5);
    EXPECT_EQ(heard(kSpeakersUid).rate, 96'000.0);
    EXPECT_EQ(heard(kSpeakersUid).time_lines, 2U);
    EXPECT_NEAR(static_cast<double>(player.position()), 24'000.0 + 48'000.0, 2'000.0);
}

TEST_F(VirtualLife, NothingAnswersWithoutAServer) {
    const auto device = device_with_uid(kSpeakersUid);
    Player player(device, 7, 48'000);
    ASSERT_EQ(player.start(), 0);
    run(0.1);
    const auto position = player.position();
    hal().stop_server();
    EXPECT_FALSE(hal().running());
    EXPECT_EQ(hal().next_due(), UINT64_MAX);
    UInt32 size = 0;
    const auto address = at(kAudioHardwarePropertyDevices);
    EXPECT_EQ(AudioObjectGetPropertyDataSize(kAudioObjectSystemObject, &address, 0, nullptr, &size),
              kAudioHardwareNotRunningError);
    EXPECT_EQ(AudioObjectHasProperty(kAudioObjectSystemObject, &address), 0);
    EXPECT_EQ(player.start(), kAudioHardwareNotRunningError);
    EXPECT_EQ(player.stop(), kAudioHardwareNotRunningError);
    EXPECT_EQ(player.position(), position);
}

TEST_F(VirtualLife, AnotherServerIsToldOfAndHasOtherObjects) {
    const Told restarted(kAudioObjectSystemObject, at(kAudioHardwarePropertyServiceRestarted));
    const auto before = device_with_uid(kSpeakersUid);
    Player player(before, 7, 48'000);
    hal().stop_server();
    hal().start_server();
    hal().deliver();
    EXPECT_EQ(restarted.count(), 1);
    EXPECT_EQ(player.start(), kAudioHardwareBadDeviceError);
    const auto after = device_with_uid(kSpeakersUid);
    EXPECT_NE(after, before);
    Player again(after, 7, 4'800);
    ASSERT_EQ(again.start(), 0);
    run(0.5);
    EXPECT_EQ(heard(kSpeakersUid).sample(again.first_sample_time() + 4'799, 0), noise(7, 4'799 * 2));
}

TEST_F(VirtualLife, TheSameCallsGiveTheSameSamples) {
    const auto play = [this] {
        renew();
        const auto device = device_with_uid(kSpeakersUid);
        Player player(device, 7, 48'000);
        player.start();
        run(0.7);
        set(device, at(kAudioDevicePropertyNominalSampleRate), 44'100.0);
        run(0.7);
        return heard(kSpeakersUid).cycles_by_time;
    };
    const auto first = play();
    EXPECT_GT(first.size(), 50U);
    EXPECT_TRUE(play() == first);
}

}  // namespace
}  // namespace minihal_test
