// Volume and mute, as control objects and as the device's own properties.
#include <limits>

#include "tests/minihal/simulated.hpp"

namespace {

using namespace minihal_test;

constexpr auto kOutput = kAudioObjectPropertyScopeOutput;

class Volume : public ClientTest {
  protected:
    void SetUp() override {
        ClientTest::SetUp();
        auto options = described("Knob");
        options.volume_steps = 17;
        options.volume = 0.5;
        device_ = plugged(options);
    }
    AudioObjectID control(AudioClassID wanted) const {
        for (const auto control : get_list<AudioObjectID>(device_, at(kAudioObjectPropertyControlList))) {
            if (get<AudioClassID>(control, at(kAudioObjectPropertyClass)) == wanted) return control;
        }
        return kAudioObjectUnknown;
    }
    AudioObjectID device_ = kAudioObjectUnknown;
    static constexpr auto kScalar = at(kAudioDevicePropertyVolumeScalar, kOutput);
    static constexpr auto kDecibel = at(kAudioDevicePropertyVolumeDecibels, kOutput);
    static constexpr auto kMuted = at(kAudioDevicePropertyMute, kOutput);
};

TEST_F(Volume, ADeviceHasTheVolumeOfItsControl) {
    const auto volume = control(kAudioVolumeControlClassID);
    ASSERT_NE(volume, kAudioObjectUnknown);
    Boolean settable = 0;
    EXPECT_NE(AudioObjectHasProperty(device_, &kScalar), 0);
    EXPECT_EQ(AudioObjectIsPropertySettable(device_, &kScalar, &settable), 0);
    EXPECT_EQ(settable, 1);
    EXPECT_EQ(get<Float32>(device_, kScalar), 0.5F);
    EXPECT_EQ(get<Float32>(volume, at(kAudioLevelControlPropertyScalarValue)), 0.5F);
    EXPECT_EQ(get<Float32>(device_, kDecibel), -32.0F);
    EXPECT_EQ(get<UInt32>(device_, kMuted), 0U);
}

TEST_F(Volume, WhatIsSetIsRoundedToAStepAndHeardOfAtTheControlAndAtTheDevice) {
    const auto volume = control(kAudioVolumeControlClassID);
    const Heard at_device(device_, kScalar);
    const Heard decibels(device_, kDecibel);
    const Heard at_control(volume, at(kAudioLevelControlPropertyScalarValue));
    EXPECT_EQ(set(device_, kScalar, Float32{0.7F}), 0);
    EXPECT_TRUE(eventually(
        [&] { return at_device.count() == 1 && decibels.count() == 1 && at_control.count() == 1; }));
    EXPECT_EQ(get<Float32>(device_, kScalar), 11.0F / 16) << "0.6875 is the step nearest to 0.7";
    EXPECT_EQ(set(volume, at(kAudioLevelControlPropertyScalarValue), Float32{0.25F}), 0);
    EXPECT_TRUE(eventually([&] { return at_device.count() == 2; }));
    EXPECT_EQ(get<Float32>(device_, kScalar), 0.25F);
}

TEST_F(Volume, DecibelsAndScalarAreOneVolume) {
    EXPECT_EQ(set(device_, kDecibel, Float32{-16.0F}), 0);
    EXPECT_EQ(get<Float32>(device_, kScalar), 0.75F);
    const auto range = get<AudioValueRange>(device_, at(kAudioDevicePropertyVolumeRangeDecibels, kOutput));
    ASSERT_TRUE(range);
    EXPECT_EQ(range->mMinimum, -64.0);
    EXPECT_EQ(range->mMaximum, 0.0);
    const auto convert = at(kAudioDevicePropertyVolumeScalarToDecibels, kOutput);
    Float32 value = 0.75F;
    UInt32 size = sizeof value;
    EXPECT_EQ(AudioObjectGetPropertyData(device_, &convert, 0, nullptr, &size, &value), 0);
    EXPECT_EQ(value, -16.0F);
}

TEST_F(Volume, MuteIsSetAndHeardOf) {
    const Heard heard(device_, kMuted);
    EXPECT_EQ(set(device_, kMuted, UInt32{1}), 0);
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(get<UInt32>(device_, kMuted), 1U);
    EXPECT_EQ(get<UInt32>(control(kAudioMuteControlClassID), at(kAudioBooleanControlPropertyValue)), 1U);
}

TEST_F(Volume, AKnobAtTheDeviceIsHeardOf) {
    const Heard volume(device_, kScalar);
    const Heard mute(device_, kMuted);
    auto turned = command("volume", "Knob_UID");
    EXPECT_EQ(simulate(turned.add("volume", 0.25).add("mute", true)), 0);
    EXPECT_TRUE(eventually([&] { return volume.count() == 1 && mute.count() == 1; }));
    EXPECT_EQ(get<Float32>(device_, kScalar), 0.25F);
    EXPECT_EQ(state_of<double>("Knob_UID", "volume"), 0.25);
    EXPECT_TRUE(state_of<bool>("Knob_UID", "mute"));
    EXPECT_EQ(simulate(turned), 0);
    EXPECT_EQ(get<Float32>(device_, kScalar), 0.25F);
    EXPECT_EQ(volume.count(), 1) << "no change, no notification";
}

TEST_F(Volume, ElementsAndDevicesWithoutAControlHaveNoVolume) {
    auto left = kScalar;
    left.mElement = 1;
    EXPECT_EQ(AudioObjectHasProperty(device_, &left), 0);
    const auto input = at(kAudioDevicePropertyVolumeScalar, kAudioObjectPropertyScopeInput);
    EXPECT_EQ(AudioObjectHasProperty(device_, &input), 0);
    EXPECT_EQ(AudioObjectHasProperty(device_with_uid(kSpeakersUid), &kScalar), 0);
    EXPECT_EQ(set(device_with_uid(kSpeakersUid), kScalar, Float32{1}), kAudioHardwareUnknownPropertyError);
    EXPECT_EQ(simulate(command("volume", kSpeakersUid)), kAudioHardwareUnsupportedOperationError);
}

TEST_F(Volume, NoNumberIsNoVolume) {
    EXPECT_EQ(set(device_, kScalar, std::numeric_limits<Float32>::quiet_NaN()),
              kAudioHardwareIllegalOperationError);
    EXPECT_EQ(get<Float32>(device_, kScalar), 0.5F);
    EXPECT_EQ(set(device_, kScalar, Float32{7}), 0);
    EXPECT_EQ(get<Float32>(device_, kScalar), 1.0F);
}

}  // namespace
