// Devices that come and go, as dictionaries describe them.
#include <algorithm>

#include "tests/minihal/player.hpp"
#include "tests/minihal/simulated.hpp"

namespace {

using namespace minihal_test;
using minihal::hardware::DeviceOptions;

class Devices : public ClientTest {
  protected:
    static std::vector<AudioObjectID> all() {
        return get_list<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices));
    }
    static bool listed(AudioObjectID device) { return std::ranges::count(all(), device) > 0; }
    static AudioObjectID default_output() {
        return get<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice))
            .value_or(0);
    }
};

TEST_F(Devices, APluggedDeviceIsListedAndHeardOf) {
    const Heard heard(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices));
    const auto device = plugged(described("Dock"));
    EXPECT_TRUE(listed(device));
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(get_text(device, at(kAudioObjectPropertyName)), "Dock");
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyDeviceIsAlive)), 1U);
    EXPECT_EQ(default_output(), device_with_uid(kSpeakersUid)) << "plugging in does not choose it";
}

TEST_F(Devices, AnUnpluggedDeviceDiesAndIsListedNoMore) {
    const auto device = plugged(described("Dock"));
    const Heard listed_anew(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices));
    const Heard died(device, at(kAudioDevicePropertyDeviceIsAlive));
    EXPECT_EQ(simulate(command("unplug", "Dock_UID")), 0);
    EXPECT_TRUE(eventually([&] { return died.count() == 1 && listed_anew.count() == 1; }));
    EXPECT_FALSE(listed(device));
    EXPECT_EQ(device_with_uid("Dock_UID"), kAudioObjectUnknown);
    EXPECT_NE(get<UInt32>(device, at(kAudioDevicePropertyDeviceIsAlive)), 1U);
    const auto name = at(kAudioObjectPropertyName);
    EXPECT_EQ(AudioObjectHasProperty(device, &name), 0);
}

TEST_F(Devices, AReplugIsAnotherObjectOfTheSameUid) {
    const auto first = plugged(described("Dock"));
    EXPECT_EQ(simulate(command("unplug", "Dock_UID")), 0);
    EXPECT_TRUE(eventually([&] { return !listed(first); }));
    const auto second = plugged(described("Dock"));
    EXPECT_NE(first, second);
    EXPECT_EQ(get_text(second, at(kAudioDevicePropertyDeviceUID)), "Dock_UID");
}

TEST_F(Devices, UnpluggingTheDefaultMakesAnotherOneTheDefault) {
    const auto dock = plugged(described("Dock"));
    ASSERT_EQ(set(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice), dock), 0);
    const Heard heard(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice));
    EXPECT_EQ(simulate(command("unplug", "Dock_UID")), 0);
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(default_output(), device_with_uid(kSpeakersUid));
}

TEST_F(Devices, ADeviceIsWhatItsDictionarySays) {
    auto options = described("Buds");
    options.transport = {kAudioDeviceTransportTypeBluetooth};
    options.rates = {44100, 48000};
    options.rate = 44100;
    options.outputs = 6;
    options.inputs = 1;
    options.latency = 7200;
    options.safety = 96;
    const auto device = plugged(options);
    const auto output = kAudioObjectPropertyScopeOutput;
    const auto input = kAudioObjectPropertyScopeInput;
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyTransportType)), kAudioDeviceTransportTypeBluetooth);
    EXPECT_EQ(get<Float64>(device, at(kAudioDevicePropertyNominalSampleRate)), 44100.0);
    const auto rates = get_list<AudioValueRange>(device, at(kAudioDevicePropertyAvailableNominalSampleRates));
    ASSERT_EQ(rates.size(), 2U);
    EXPECT_EQ(rates[1].mMaximum, 48000.0);
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyLatency, output)), 7200U);
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertySafetyOffset, output)), 96U);
    const auto outputs = get_list<AudioObjectID>(device, at(kAudioDevicePropertyStreams, output));
    const auto inputs = get_list<AudioObjectID>(device, at(kAudioDevicePropertyStreams, input));
    ASSERT_EQ(outputs.size(), 1U);
    ASSERT_EQ(inputs.size(), 1U);
    const auto format = at(kAudioStreamPropertyVirtualFormat);
    const AudioStreamBasicDescription none{};
    EXPECT_EQ(get<AudioStreamBasicDescription>(outputs[0], format).value_or(none).mChannelsPerFrame, 6U);
    EXPECT_EQ(get<AudioStreamBasicDescription>(inputs[0], format).value_or(none).mChannelsPerFrame, 1U);
    EXPECT_EQ(get<UInt32>(inputs[0], at(kAudioStreamPropertyDirection)), 1U);
    EXPECT_EQ(get<UInt32>(outputs[0], at(kAudioStreamPropertyDirection)), 0U);
}

TEST_F(Devices, AHiddenDeviceIsFoundByItsUidAlone) {
    auto options = described("Hidden");
    options.hidden = true;
    const auto device = plugged(options);
    EXPECT_FALSE(listed(device));
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyIsHidden)), 1U);
}

TEST_F(Devices, AnAggregateNamesItsSubDevices) {
    auto options = described("Both");
    options.transport = {kAudioDeviceTransportTypeAggregate};
    options.sub_devices = {kSpeakersUid, kTwoStreamsUid};
    const auto device = plugged(options);
    EXPECT_EQ(get<AudioClassID>(device, at(kAudioObjectPropertyClass)), kAudioAggregateDeviceClassID);
    EXPECT_EQ(get<AudioClassID>(device, at(kAudioObjectPropertyBaseClass)), kAudioDeviceClassID);
    const minihal::plist::CfRef list(
        get<CFTypeRef>(device, at(kAudioAggregateDevicePropertyFullSubDeviceList)).value_or(nullptr));
    std::vector<std::string> uids;
    EXPECT_TRUE(minihal::plist::read(list.get(), uids));
    EXPECT_EQ(uids, options.sub_devices);
    const auto address = at(kAudioAggregateDevicePropertyFullSubDeviceList);
    EXPECT_EQ(AudioObjectHasProperty(device_with_uid(kSpeakersUid), &address), 0);
}

TEST_F(Devices, ARateSetAtTheDeviceIsHeardOf) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const auto address = at(kAudioDevicePropertyNominalSampleRate);
    const Heard heard(speakers, address);
    auto rate = command("rate", kSpeakersUid);
    EXPECT_EQ(simulate(rate.add("rate", Float64{96000})), 0);
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(get<Float64>(speakers, address), 96000.0);
    EXPECT_EQ(simulate(rate.add("rate", Float64{12345})), kAudioHardwareIllegalOperationError);
}

TEST_F(Devices, ABusyDeviceRefusesToStartAsOftenAsItWasTold) {
    auto busy = command("busy", kSpeakersUid);
    EXPECT_EQ(simulate(busy.add("status", int32_t{-50}).add("times", uint32_t{2})), 0);
    const Player player(device_with_uid(kSpeakersUid), 1, 1000);
    EXPECT_EQ(player.start(), -50);
    EXPECT_EQ(player.start(), -50);
    EXPECT_EQ(player.start(), 0);
    EXPECT_TRUE(eventually([&] { return player.done(); }));
}

TEST_F(Devices, AStuckDeviceCallsNobodyUntilItIsStartedAgain) {
    const auto speakers = device_with_uid(kSpeakersUid);
    EXPECT_EQ(simulate(command("stick", kSpeakersUid)), kAudioHardwareNotRunningError);
    const auto steady = plugged(described("Steady"));
    const Player player(speakers, 1, 1U << 30);
    const Player other(steady, 2, 1U << 30);
    ASSERT_EQ(player.start(), 0);
    ASSERT_EQ(other.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > 1000; }));
    EXPECT_EQ(simulate(command("stick", kSpeakersUid)), 0);
    // One cycle may have been under way.
    ASSERT_TRUE(eventually([&, from = other.position()] { return other.position() > from + 4096; }));
    const auto stuck = player.position();
    ASSERT_TRUE(eventually([&, from = other.position()] { return other.position() > from + 4096; }));
    EXPECT_EQ(player.position(), stuck);
    EXPECT_EQ(player.stop(), 0);
    EXPECT_EQ(player.start(), 0);
    EXPECT_TRUE(eventually([&] { return player.position() > stuck + 1000; }));
}

TEST_F(Devices, UnpluggingWhilePlayingEndsThatDevicesIoOnly) {
    const Player own(device_with_uid(kSpeakersUid), 1, 1U << 30);
    const Player gone(plugged(described("Dock")), 2, 1U << 30);
    ASSERT_EQ(own.start(), 0);
    ASSERT_EQ(gone.start(), 0);
    ASSERT_TRUE(eventually([&] { return own.position() > 1000 && gone.position() > 1000; }));
    EXPECT_EQ(simulate(command("unplug", "Dock_UID")), 0);
    EXPECT_TRUE(eventually([] { return device_with_uid("Dock_UID") == kAudioObjectUnknown; }));
    ASSERT_TRUE(eventually([&, from = own.position()] { return own.position() > from + 4096; }));
    const auto stopped = gone.position();
    ASSERT_TRUE(eventually([&, from = own.position()] { return own.position() > from + 4096; }));
    EXPECT_EQ(gone.position(), stopped);
    EXPECT_NE(gone.start(), 0);
}

TEST_F(Devices, StatesTellWhatIsThere) {
    plugged(described("Dock"));
    EXPECT_EQ(state_of<std::string>("Dock_UID", "name"), "Dock");
    EXPECT_EQ(state_of<std::string>(kSpeakersUid, "transport"), "bltn");
    EXPECT_FALSE(state_of<bool>(kSpeakersUid, "running"));
    const Player player(device_with_uid(kSpeakersUid), 1, 1U << 30);
    ASSERT_EQ(player.start(), 0);
    EXPECT_TRUE(state_of<bool>(kSpeakersUid, "running"));
    EXPECT_EQ(player.stop(), 0);
    EXPECT_FALSE(state_of<bool>(kSpeakersUid, "running"));
}

TEST_F(Devices, NonsenseIsRefused) {
    const auto same = described("Dock");
    plugged(same);
    EXPECT_EQ(plug(same), kAudioHardwareIllegalOperationError) << "it is there already";
    EXPECT_EQ(simulate(command("unplug", "Nobody")), kAudioHardwareBadDeviceError);
    EXPECT_EQ(simulate(command("juggle", kSpeakersUid)), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(simulate(command("plug", "Odd").add("colour", std::string("red"))),
              kAudioHardwareIllegalOperationError);
    EXPECT_EQ(simulate(command("plug", "Odd").add("rates", std::string("many"))),
              kAudioHardwareIllegalOperationError);
    EXPECT_EQ(simulate(command("plug", "Odd").add("rate", Float64{1})), kAudioHardwareIllegalOperationError);
    EXPECT_NE(server().errors().find("colour: there is no such key"), std::string::npos) << server().errors();
}

TEST(DeviceOptions, ADictionaryOfTheUidAloneIsADevice) {
    minihal::plist::Dictionary dictionary;
    const auto options = minihal::hardware::device_options(dictionary.add("uid", std::string("One")).get());
    ASSERT_TRUE(options) << options.error();
    EXPECT_EQ(options->name, "One");
    EXPECT_EQ(options->rate, 48000);
    EXPECT_EQ(options->outputs, 2U);
    EXPECT_EQ(options->inputs, 0U);
}

TEST(DeviceOptions, TheTransportMayBeWrittenWithoutItsBlanks) {
    minihal::plist::Dictionary dictionary;
    dictionary.add("uid", std::string("One")).add("transport", std::string("usb"));
    const auto options = minihal::hardware::device_options(dictionary.get());
    ASSERT_TRUE(options) << options.error();
    EXPECT_EQ(options->transport.code, kAudioDeviceTransportTypeUSB);
}

}  // namespace
