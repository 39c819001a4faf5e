// What happens to devices under the virtual clock.
#include "minihal/wire/plist.hpp"
#include "tests/minihal/virtual/virtual_fixture.hpp"

namespace minihal_test {
namespace {

using minihal::plist::Dictionary;

constexpr const char* kHeadphonesUid = "Headphones_UID";

class VirtualHardware : public VirtualHalTest {
  protected:
    OSStatus command(const std::string& what, const std::string& uid) {
        return hal().hardware(Dictionary().add("do", what).add("uid", uid).get());
    }
    OSStatus plug_headphones() {
        return hal().hardware(Dictionary()
                                  .add("do", std::string("plug"))
                                  .add("uid", std::string(kHeadphonesUid))
                                  .add("rate", 44'100.0)
                                  .get());
    }
    static AudioObjectID default_output() {
        return get<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice))
            .value_or(kAudioObjectUnknown);
    }
};

TEST_F(VirtualHardware, ADeviceThatIsPluggedInIsToldOfAndPlays) {
    const Told devices(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices));
    ASSERT_EQ(plug_headphones(), 0);
    EXPECT_EQ(devices.count(), 0);
    hal().deliver();
    EXPECT_EQ(devices.count(), 1);
    Player player(device_with_uid(kHeadphonesUid), 7, 4'410);
    ASSERT_EQ(player.start(), 0);
    run(0.5);
    EXPECT_EQ(heard(kHeadphonesUid).rate, 44'100.0);
    EXPECT_EQ(heard(kHeadphonesUid).sample(player.first_sample_time() + 4'409, 1), noise(7, 4'409 * 2 + 1));
    EXPECT_EQ(heard(kSpeakersUid).cycles, 0U);
}

TEST_F(VirtualHardware, AChangeOfTheDefaultDeviceIsTold) {
    plug_headphones();
    hal().deliver();
    const Told told(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice));
    const auto headphones = device_with_uid(kHeadphonesUid);
    ASSERT_EQ(set(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice), headphones), 0);
    EXPECT_EQ(told.count(), 0);
    hal().deliver();
    EXPECT_EQ(told.count(), 1);
    EXPECT_EQ(default_output(), headphones);
}

TEST_F(VirtualHardware, ADeviceThatIsUnpluggedWhileItPlaysFallsSilent) {
    plug_headphones();
    hal().deliver();
    const auto headphones = device_with_uid(kHeadphonesUid);
    set(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice), headphones);
    Player player(headphones, 7, 480'000);
    ASSERT_EQ(player.start(), 0);
    run(0.5);
    const Told told(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice));
    ASSERT_EQ(command("unplug", kHeadphonesUid), 0);
    hal().deliver();
    const auto position = player.position();
    run(0.5);
    EXPECT_EQ(player.position(), position);
    EXPECT_EQ(told.count(), 1);
    EXPECT_EQ(default_output(), device_with_uid(kSpeakersUid));
    EXPECT_NE(player.start(), 0);
    EXPECT_EQ(hal().next_due(), UINT64_MAX);
}

TEST_F(VirtualHardware, ABusyDeviceRefusesToStartForAWhile) {
    ASSERT_EQ(hal().hardware(Dictionary()
                                 .add("do", std::string("busy"))
                                 .add("uid", std::string(kSpeakersUid))
                                 .add("status", int32_t{kAudioHardwareNotReadyError})
                                 .add("times", uint32_t{2})
                                 .get()),
              0);
    Player player(device_with_uid(kSpeakersUid), 7, 4'800);
    EXPECT_EQ(player.start(), kAudioHardwareNotReadyError);
    EXPECT_EQ(player.start(), kAudioHardwareNotReadyError);
    EXPECT_EQ(player.start(), 0);
    run(0.5);
    EXPECT_EQ(heard(kSpeakersUid).sample(player.first_sample_time() + 4'799, 0), noise(7, 4'799 * 2));
}

TEST_F(VirtualHardware, ADeviceThatSticksRunsAgainOnceItWasStoppedAndStarted) {
    Player player(device_with_uid(kSpeakersUid), 7, 480'000);
    ASSERT_EQ(player.start(), 0);
    run(0.5);
    ASSERT_EQ(command("stick", kSpeakersUid), 0);
    run(0.5);
    const auto position = player.position();
    EXPECT_LT(position, 24'000U + 1'024);
    ASSERT_EQ(player.stop(), 0);
    ASSERT_EQ(player.start(), 0);
    run(0.5);
    EXPECT_GT(player.position(), position + 22'000);
}

TEST_F(VirtualHardware, DevicesOutlastTheServer) {
    plug_headphones();
    ASSERT_EQ(hal().hardware(Dictionary()
                                 .add("do", std::string("rate"))
                                 .add("uid", std::string(kHeadphonesUid))
                                 .add("rate", 96'000.0)
                                 .get()),
              0);
    hal().deliver();
    hal().stop_server();
    EXPECT_EQ(command("unplug", kSpeakersUid), 0);
    hal().start_server();
    EXPECT_EQ(device_with_uid(kSpeakersUid), kAudioObjectUnknown);
    const auto headphones = device_with_uid(kHeadphonesUid);
    EXPECT_EQ(get<Float64>(headphones, at(kAudioDevicePropertyNominalSampleRate)), 96'000.0);
    EXPECT_EQ(default_output(), headphones);
}

TEST_F(VirtualHardware, ADeviceIsGoneForAWhileBehindTheMachinesSleep) {
    plug_headphones();
    hal().deliver();
    Player player(device_with_uid(kHeadphonesUid), 7, 480'000);
    Player other(device_with_uid(kSpeakersUid), 8, 480'000);
    ASSERT_EQ(player.start(), 0);
    ASSERT_EQ(other.start(), 0);
    run(0.5);
    const Told devices(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices));
    hal().sleep({{.uid = kHeadphonesUid, .seconds = 1.5}});
    EXPECT_EQ(device_with_uid(kHeadphonesUid), kAudioObjectUnknown);
    run(1.4);
    EXPECT_EQ(devices.count(), 1);
    EXPECT_EQ(device_with_uid(kHeadphonesUid), kAudioObjectUnknown);
    EXPECT_EQ(heard(kSpeakersUid).time_lines, 2U);
    run(0.2);
    EXPECT_EQ(devices.count(), 2);
    EXPECT_NE(device_with_uid(kHeadphonesUid), kAudioObjectUnknown);
}

}  // namespace
}  // namespace minihal_test
