// Outputs that are unlike the others: in their controls, in how they start, in how they go.
#include "platform/coreaudio/hal.hpp"
#include "scene.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

/// What is heard is right at each of Gecko Sink's volumes (Ears): times it where the hardware has none, else left alone.
class Hardware : public Scene {
  protected:
    void play_on(const minihal::hardware::DeviceOptions& device) {
        plug(device);
        choose(device.uid);
        play();
        ASSERT_EQ(now_heard().uid, device.uid);
    }
    static void set_channel(const char* uid, AudioObjectPropertyElement channel, Float32 volume) {
        EXPECT_EQ(platform::coreaudio::set(VirtualMac::device(uid), address(channel), volume),
                  kAudioHardwareNoError);
    }
    static Float32 channel(const char* uid, AudioObjectPropertyElement channel) {
        return platform::coreaudio::get<Float32>(VirtualMac::device(uid), address(channel)).value_or(-1.0F);
    }

  private:
    static AudioObjectPropertyAddress address(AudioObjectPropertyElement channel) {
        return {kAudioDevicePropertyVolumeScalar, kAudioObjectPropertyScopeOutput, channel};
    }
};

TEST_F(Hardware, ThatHasAVolumeForEachChannelDoesItAndKeepsItsBalance) {
    auto device = usb_interface();
    device.volume_steps = 101;
    device.channel_volumes = true;
    device.volume = 0.8;
    play_on(device);
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 0.8, 1e-3);
    set_channel(kUsb, 2, 0.4F);
    run(0.3);
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 0.8, 1e-3) << "the loudest channel's";
    set_volume(shm::kDeviceUid, 0.4F);
    run(0.3);
    EXPECT_NEAR(channel(kUsb, 1), 0.4, 1e-3);
    EXPECT_NEAR(channel(kUsb, 2), 0.2, 1e-3);
    expect_all_right();
}

TEST_F(Hardware, ThatRoundsToFewStepsKeepsItsBalanceDownToNothingAndUpAgain) {
    auto device = usb_interface();
    device.volume_steps = 16;
    device.channel_volumes = true;
    device.volume = 12 / 15.0;
    play_on(device);
    set_channel(kUsb, 2, 6 / 15.0F);
    run(0.3);
    for (const int step : {6, 3, 1, 0, 1, 3, 6, 12}) {
        set_volume(shm::kDeviceUid, static_cast<Float32>(step) / 15.0F);
        run(1.2);
    }
    EXPECT_NEAR(channel(kUsb, 1), 12 / 15.0, 1e-3);
    EXPECT_NEAR(channel(kUsb, 2), 6 / 15.0, 1e-3);
}

TEST_F(Hardware, ThatHasAMuteAndNoVolumeDoesTheMuteAndTheEngineTheVolume) {
    auto device = usb_interface();
    device.mute_alone = true;
    play_on(device);
    set_volume(shm::kDeviceUid, 0.6F);
    run(0.3);
    set_mute(shm::kDeviceUid, true);
    run(0.3);
    EXPECT_TRUE(muted(kUsb));
    expect_all_right();
}

TEST_F(Hardware, ThatIsMutedIsPlayedOnMutedAndGeckoSinkShowsIt) {
    auto device = headphones();
    device.mute = true;
    play_on(device);
    EXPECT_TRUE(muted(shm::kDeviceUid));
    EXPECT_TRUE(muted(kHeadphones));
}

TEST_F(Hardware, WithoutAMuteIsSilencedByTheEngineAndHeardAgain) {
    play();
    set_mute(shm::kDeviceUid, true);
    run(0.5);
    EXPECT_LT(ears_.last_heard() + simulation::ticks_of(0.3), simulation::now());
    set_mute(shm::kDeviceUid, false);
    run(0.5);
    expect_all_right();
}

TEST_F(Hardware, ThatTakesItsTimeToCallBackFirstIsWaitedFor) {
    play();
    auto slow = headphones();
    slow.start_delay = 2.5;
    plug(slow);
    choose(kHeadphones);
    run(3.5);
    EXPECT_EQ(now_heard().uid, kHeadphones);
    expect_all_right();
}

TEST_F(Hardware, WhoseInputsCannotBeSwitchedOffIsNotStarted) {
    play();
    mac_.hal().refuse_streams_off(kAudioHardwareUnsupportedOperationError);
    plug(usb_interface());
    choose(kUsb);
    run(1);
    ASSERT_TRUE(app_->connection().problem);
    EXPECT_EQ(app_->connection().problem->kind, platform::PlatformError::Kind::device_refused);
    EXPECT_EQ(inputs_opened(kUsb), 0);
    EXPECT_EQ(now_heard().uid, kSpeakers);
}

TEST_F(Hardware, ThatIsDeadButListedIsLeft) {
    plug(usb_interface());
    choose(kUsb);
    play();
    const Ticks when = simulation::now();
    die(kUsb);
    run(1);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    EXPECT_LT(simulation::seconds_of(now_heard().begins - when), 0.5);
    expect_all_right();
}

}  // namespace
}  // namespace gecko::following
