// What third-party clients do with the API (PortAudio, cpal, cubeb, SDL, camilladsp), call by call: docs/minihal.md.
#include <unistd.h>

#include <fstream>

#include "minihal/wire/plist.hpp"
#include "tests/minihal/player.hpp"
#include "tests/minihal/simulated.hpp"

namespace {

using namespace minihal_test;

constexpr auto kPlayed = kAudioObjectPropertyScopeOutput;

class ClientsWays : public ClientTest {
  protected:
    static AudioStreamBasicDescription format(AudioObjectID object, AudioObjectPropertySelector selector) {
        return get<AudioStreamBasicDescription>(object, at(selector, kPlayed))
            .value_or(AudioStreamBasicDescription{});
    }
    static std::unique_ptr<ChildProcess> devices(std::vector<std::string> arguments) {
        return std::make_unique<ChildProcess>(MINIHAL_DEVICES, std::move(arguments), sandbox().folder());
    }
};

TEST_F(ClientsWays, EnumeratingLeadsToNamesChannelsRatesAndLatencies) {
    const auto all = get_list<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices));
    const auto dock = plugged(described("Dock"));
    EXPECT_EQ(all.size(), 2U);
    for (const auto device : {device_with_uid(kSpeakersUid), dock}) {
        EXPECT_FALSE(get_text(device, at(kAudioObjectPropertyName)).empty());
        EXPECT_FALSE(get_text(device, at(kAudioObjectPropertyManufacturer)).empty());
        EXPECT_FALSE(get_text(device, at(kAudioDevicePropertyDeviceUID)).empty());
        EXPECT_EQ(get<Float64>(device, at(kAudioDevicePropertyNominalSampleRate)), 48000.0);
        EXPECT_EQ(get<Float64>(device, at(kAudioDevicePropertyActualSampleRate)), 48000.0);
        EXPECT_TRUE(get<UInt32>(device, at(kAudioDevicePropertyLatency, kPlayed)));
        EXPECT_TRUE(get<UInt32>(device, at(kAudioDevicePropertySafetyOffset, kPlayed)));
        EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyDeviceIsAlive)), 1U);
        EXPECT_FALSE(
            get_list<AudioValueRange>(device, at(kAudioDevicePropertyAvailableNominalSampleRates)).empty());
        for (const auto stream : get_list<AudioObjectID>(device, at(kAudioDevicePropertyStreams, kPlayed)))
            EXPECT_TRUE(get<UInt32>(stream, at(kAudioStreamPropertyLatency)));
    }
}

TEST_F(ClientsWays, TheOlderFormatOfADeviceIsItsFirstStreams) {
    const auto speakers = device_with_uid(kSpeakersUid);
    auto wanted = format(speakers, kAudioStreamPropertyVirtualFormat);
    EXPECT_EQ(wanted.mChannelsPerFrame, 2U);
    EXPECT_EQ(wanted.mFormatFlags, kAudioFormatFlagsNativeFloatPacked);
    wanted.mSampleRate = 96000;
    const Heard heard(speakers, at(kAudioDevicePropertyNominalSampleRate));
    EXPECT_EQ(set(speakers, at(kAudioStreamPropertyVirtualFormat, kPlayed), wanted), 0);
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(format(speakers, kAudioStreamPropertyPhysicalFormat).mSampleRate, 96000.0);
    const auto input = at(kAudioStreamPropertyVirtualFormat, kAudioObjectPropertyScopeInput);
    EXPECT_EQ(AudioObjectHasProperty(speakers, &input), 0) << "it has no input";
}

TEST_F(ClientsWays, AFormatIsNegotiatedAtTheStream) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const auto stream = get_list<AudioObjectID>(speakers, at(kAudioDevicePropertyStreams, kPlayed)).front();
    const auto formats =
        get_list<AudioStreamRangedDescription>(stream, at(kAudioStreamPropertyAvailablePhysicalFormats));
    ASSERT_FALSE(formats.empty());
    auto integers = formats.front().mFormat;
    integers.mFormatFlags = kAudioFormatFlagIsSignedInteger | kAudioFormatFlagIsPacked;
    integers.mBitsPerChannel = 24;
    EXPECT_EQ(set(stream, at(kAudioStreamPropertyPhysicalFormat), integers),
              kAudioDeviceUnsupportedFormatError);
    for (const auto& offered : formats) {
        EXPECT_EQ(set(stream, at(kAudioStreamPropertyPhysicalFormat), offered.mFormat), 0);
        EXPECT_TRUE(eventually([&] {
            return get<Float64>(speakers, at(kAudioDevicePropertyNominalSampleRate)) ==
                   offered.mFormat.mSampleRate;
        }));
    }
}

TEST_F(ClientsWays, EachDeviceHasABufferSizeOfItsOwn) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const auto other = device_with_uid(kTwoStreamsUid);
    const auto size = at(kAudioDevicePropertyBufferFrameSize);
    EXPECT_EQ(set(speakers, size, UInt32{128}), 0);
    EXPECT_EQ(get<UInt32>(other, size), 512U);
    EXPECT_EQ(get<UInt32>(speakers, size), 128U);
    const auto variable = at(kAudioDevicePropertyUsesVariableBufferFrameSizes);
    EXPECT_EQ(AudioObjectHasProperty(speakers, &variable), 0);
}

TEST_F(ClientsWays, OneListenerForEverythingHearsEachChangeOnce) {
    constexpr AudioObjectPropertyAddress everything = {kAudioObjectPropertySelectorWildcard,
                                                       kAudioObjectPropertyScopeWildcard,
                                                       kAudioObjectPropertyElementWildcard};
    const auto speakers = device_with_uid(kSpeakersUid);
    const Heard device(speakers, everything);
    const Heard overload(speakers, at(kAudioDeviceProcessorOverload));
    const Heard system(kAudioObjectSystemObject, everything);
    EXPECT_EQ(overload.status(), 0);
    set(speakers, at(kAudioDevicePropertyBufferFrameSize), UInt32{256});
    EXPECT_TRUE(eventually([&] { return device.count() == 1; }));
    EXPECT_EQ(plug(described("Dock")), 0);
    EXPECT_TRUE(eventually([&] { return system.count() == 1; }));
    EXPECT_EQ(overload.count(), 0);
}

TEST_F(ClientsWays, WhatIsNotThereIsRefusedWithoutHarm) {
    const auto speakers = device_with_uid(kSpeakersUid);
    for (const auto selector :
         {two_streams::four("ssrc"), two_streams::four("oswg"), two_streams::four("csrc"),
          two_streams::four("span"), two_streams::four("name")}) {
        const auto address = at(selector, kPlayed);
        EXPECT_EQ(AudioObjectHasProperty(speakers, &address), 0);
        EXPECT_EQ(get<UInt32>(speakers, address), std::nullopt);
    }
    EXPECT_EQ(set(kAudioObjectSystemObject, at(kAudioHardwarePropertyRunLoop), CFTypeRef{nullptr}), 0)
        << "a thread of the library tells them anyway";
}

TEST_F(ClientsWays, AnIoProcMayBeAddedTwiceWithOtherData) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const Player first(speakers, 1, 1000);
    const Player second(speakers, 2, 1000);
    EXPECT_NE(first.id(), second.id());
    ASSERT_EQ(first.start(), 0);
    ASSERT_EQ(second.start(), 0);
    EXPECT_TRUE(eventually([&] { return first.done() && second.done(); }));
}

TEST_F(ClientsWays, AMachineThatSleepsPlaysNothingAndGoesOnOnAnotherTimeLine) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const Player player(speakers, 1, 1U << 30);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > 5000; }));
    ASSERT_EQ(devices({"sleep"})->wait(), 0);
    // The cycle under way is finished; then neither frames nor time pass.
    uint64_t stood = 0;
    uint64_t at_time = 0;
    ASSERT_TRUE(eventually([&] {
        const bool still = stood == player.position() && at_time == AudioGetCurrentHostTime();
        stood = player.position();
        at_time = AudioGetCurrentHostTime();
        return still;
    }));
    ASSERT_EQ(devices({"list"})->wait(), 0) << "the server answers all the same";
    EXPECT_EQ(player.position(), stood);
    EXPECT_EQ(AudioGetCurrentHostTime(), at_time);
    ASSERT_EQ(devices({"wake"})->wait(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > stood + 5000; }));
    EXPECT_EQ(player.stop(), 0);
    EXPECT_EQ(recordings().size(), 2U) << "a time line before the sleep and one behind it";
}

TEST_F(ClientsWays, DevicesAreHandledByHand) {
    EXPECT_EQ(devices({"plug", "Dock_UID", "--name", "Dock", "--transport", "usb", "--rates", "44100",
                       "48000", "--rate", "44100", "--volume-steps", "5"})
                  ->wait(),
              0);
    ASSERT_TRUE(eventually([] { return device_with_uid("Dock_UID") != kAudioObjectUnknown; }));
    const auto dock = device_with_uid("Dock_UID");
    EXPECT_EQ(get<Float64>(dock, at(kAudioDevicePropertyNominalSampleRate)), 44100.0);
    EXPECT_EQ(devices({"rate", "Dock_UID", "48000"})->wait(), 0);
    EXPECT_TRUE(
        eventually([&] { return get<Float64>(dock, at(kAudioDevicePropertyNominalSampleRate)) == 48000.0; }));
    EXPECT_EQ(devices({"volume", "Dock_UID", "0.5", "--mute"})->wait(), 0);
    EXPECT_EQ(get<Float32>(dock, at(kAudioDevicePropertyVolumeScalar, kPlayed)), 0.5F);
    EXPECT_EQ(get<UInt32>(dock, at(kAudioDevicePropertyMute, kPlayed)), 1U);
    EXPECT_EQ(devices({"default", "Dock_UID"})->wait(), 0);
    EXPECT_EQ(devices({"list"})->read_line().substr(0, 2), "  ")
        << "the speakers are not the default any more";
    EXPECT_EQ(devices({"unplug", "Dock_UID"})->wait(), 0);
    EXPECT_TRUE(eventually([] { return device_with_uid("Dock_UID") == kAudioObjectUnknown; }));
    EXPECT_EQ(devices({"unplug", "Dock_UID"})->wait(), 3);
    EXPECT_EQ(devices({"juggle"})->wait(), 1);
    server().terminate();
    EXPECT_EQ(devices({"list"})->wait(), 2);
}

class DevicesFile : public testing::Test {};

TEST_F(DevicesFile, IsWhatMinihaldBeginsWith) {
    const Sandbox box;
    const auto file = box.folder() / "devices.plist";
    minihal::plist::Dictionary one;
    one.add("uid", std::string("Lamp_UID")).add("name", std::string("Lamp")).add("outputs", uint32_t{1});
    std::vector<minihal::plist::CfRef> list;
    list.push_back(one.take());
    const auto array = minihal::plist::write(list);
    for (const auto kind : {kCFPropertyListXMLFormat_v1_0, kCFPropertyListBinaryFormat_v1_0}) {
        const minihal::plist::CfRef data(CFPropertyListCreateData(nullptr, array.get(), kind, 0, nullptr));
        const auto bytes = static_cast<CFDataRef>(data.get());
        std::ofstream(file, std::ios::binary)
            .write(reinterpret_cast<const char*>(CFDataGetBytePtr(bytes)), CFDataGetLength(bytes));
        MinihaldProcess server(MINIHALD_PROGRAM, box, {"--devices", file.string()});
        ASSERT_TRUE(server.serving()) << server.errors();
        ChildProcess seen(MINIHAL_DEVICES, {"--run-dir", box.run_directory().string(), "list"}, box.folder());
        EXPECT_EQ(seen.read_line(), "*  Lamp  Lamp_UID  bltn  1 out 0 in  48000 Hz");
        EXPECT_EQ(seen.wait(), 0);
    }
}

TEST_F(DevicesFile, OneThatIsWrongIsNamedWithItsFault) {
    const Sandbox box;
    const auto file = box.folder() / "devices.plist";
    std::ofstream(file) << "<plist version=\"1.0\"><array><dict><key>uid</key><string>A</string>"
                           "<key>outputs</key><string>two</string></dict></array></plist>";
    MinihaldProcess server(MINIHALD_PROGRAM, box, {"--devices", file.string()});
    EXPECT_FALSE(server.serving());
    EXPECT_EQ(server.wait(), 2);
    EXPECT_NE(server.errors().find("devices.plist: device 1: outputs: it is of the wrong type"),
              std::string::npos)
        << server.errors();
}

}  // namespace
