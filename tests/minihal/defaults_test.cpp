// The default devices, and devices that one process has to itself.
#include <unistd.h>

#include "tests/minihal/player.hpp"
#include "tests/minihal/simulated.hpp"

namespace {

using namespace minihal_test;

constexpr auto kDefaultOutput = at(kAudioHardwarePropertyDefaultOutputDevice);
constexpr auto kDefaultInput = at(kAudioHardwarePropertyDefaultInputDevice);

class Defaults : public ClientTest {
  protected:
    static AudioObjectID output() {
        return get<AudioObjectID>(kAudioObjectSystemObject, kDefaultOutput).value_or(0);
    }
    static AudioObjectID input() {
        return get<AudioObjectID>(kAudioObjectSystemObject, kDefaultInput).value_or(0);
    }
    static bool choose(AudioObjectID device) {
        return set(kAudioObjectSystemObject, kDefaultOutput, device) == 0;
    }
    static bool unplugged(const std::string& uid) {
        return simulate(command("unplug", uid)) == 0 &&
               eventually([&] { return device_with_uid(uid) == kAudioObjectUnknown; });
    }
};

TEST_F(Defaults, TheFirstInputIsTheDefaultInput) {
    EXPECT_EQ(input(), kAudioObjectUnknown);
    const Heard heard(kAudioObjectSystemObject, kDefaultInput);
    auto options = described("Mic");
    options.inputs = 1;
    options.outputs = 0;
    const auto mic = plugged(options);
    EXPECT_EQ(input(), mic);
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(set(kAudioObjectSystemObject, kDefaultInput, device_with_uid(kSpeakersUid)),
              kAudioHardwareIllegalOperationError);
    EXPECT_FALSE(choose(mic)) << "it plays nothing";
    ASSERT_TRUE(unplugged("Mic_UID"));
    EXPECT_EQ(input(), kAudioObjectUnknown);
}

TEST_F(Defaults, TheChosenOneIsTheDefaultAgainAfterARestart) {
    ASSERT_TRUE(choose(device_with_uid(kTwoStreamsUid)));
    start_server();
    EXPECT_EQ(output(), device_with_uid(kTwoStreamsUid));
}

TEST_F(Defaults, TheChosenOneIsTheDefaultAgainOnceItIsThere) {
    ASSERT_TRUE(choose(plugged(described("Dock"))));
    ASSERT_TRUE(unplugged("Dock_UID"));
    EXPECT_EQ(output(), device_with_uid(kSpeakersUid));
    start_server();
    EXPECT_EQ(output(), device_with_uid(kSpeakersUid));
    const auto dock = plugged(described("Dock"));
    EXPECT_EQ(output(), dock);
}

TEST_F(Defaults, ABuiltInDeviceTakesOverAndNoHiddenOne) {
    auto hidden = described("Hidden");
    hidden.hidden = true;
    auto usb = described("Usb");
    usb.transport = {kAudioDeviceTransportTypeUSB};
    plugged(hidden);
    const auto second = plugged(usb);
    ASSERT_TRUE(choose(plugged(described("Dock"))));
    const auto speakers = device_with_uid(kSpeakersUid);
    ASSERT_TRUE(unplugged("Dock_UID"));
    EXPECT_EQ(output(), speakers);
    ASSERT_TRUE(unplugged(kSpeakersUid));
    EXPECT_EQ(output(), second) << "before the virtual one, which is there longer";
    ASSERT_TRUE(unplugged("Usb_UID"));
    EXPECT_EQ(output(), device_with_uid(kTwoStreamsUid));
}

TEST_F(Defaults, HeadphonesTakeTheDefaultAndGiveItBack) {
    auto options = described("Headphones");
    options.takes_default = true;
    const Heard heard(kAudioObjectSystemObject, kDefaultOutput);
    const auto device = plugged(options);
    EXPECT_EQ(output(), device);
    ASSERT_TRUE(unplugged("Headphones_UID"));
    EXPECT_EQ(output(), device_with_uid(kSpeakersUid));
    EXPECT_TRUE(eventually([&] { return heard.count() == 2; }));
}

class HogMode : public ClientTest {
  protected:
    static constexpr auto kHog = at(kAudioDevicePropertyHogMode);
};

TEST_F(HogMode, AProcessHasADeviceToItself) {
    const auto speakers = device_with_uid(kSpeakersUid);
    EXPECT_EQ(get<pid_t>(speakers, kHog), -1);
    const Heard heard(speakers, kHog);
    ASSERT_EQ(set(speakers, kHog, pid_t{getpid()}), 0);
    EXPECT_EQ(get<pid_t>(speakers, kHog), getpid());
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(state_of<int32_t>(kSpeakersUid, "hog_pid"), getpid());
    const auto other = client(kSpeakersUid, 1, 1000);
    EXPECT_EQ(other->read_line(), "") << "its start is refused";
    EXPECT_NE(other->wait(), 0);
    const Player own(speakers, 1, 1000);
    ASSERT_EQ(own.start(), 0);
    EXPECT_TRUE(eventually([&] { return own.done(); }));
    EXPECT_EQ(set(speakers, kHog, pid_t{-1}), 0);
    EXPECT_EQ(get<pid_t>(speakers, kHog), -1);
    const auto again = client(kSpeakersUid, 1, 1000);
    EXPECT_TRUE(again->read_line().starts_with("playing "));
}

}  // namespace
