#include <algorithm>

#include "tests/minihal/client_fixture.hpp"

namespace {

using namespace minihal_test;
using two_streams::four;

class Properties : public ClientTest {};

AudioObjectID device_named(const std::string& name) {
    for (const auto device :
         get_list<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices))) {
        if (get_text(device, at(kAudioObjectPropertyName)) == name) return device;
    }
    return kAudioObjectUnknown;
}

TEST_F(Properties, ADeviceIsFoundByItsNameAndByItsUid) {
    for (const auto& [name, uid] :
         {std::pair{"Simulated Speakers", kSpeakersUid}, {"Two Streams", kTwoStreamsUid}}) {
        const auto device = device_named(name);
        EXPECT_NE(device, kAudioObjectUnknown);
        EXPECT_EQ(device, device_with_uid(uid));
        EXPECT_EQ(get_text(device, at(kAudioDevicePropertyDeviceUID)), uid);
    }
}

TEST_F(Properties, AnUnknownUidIsNoDeviceAndNoError) {
    EXPECT_EQ(device_with_uid("nobody"), kAudioObjectUnknown);
}

TEST_F(Properties, TheSpeakersAreTheDefaultOutputAtTheStart) {
    const auto speakers = device_with_uid(kSpeakersUid);
    EXPECT_EQ(get<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice)),
              speakers);
    EXPECT_EQ(
        get<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultSystemOutputDevice)),
        speakers);
}

TEST_F(Properties, TheDefaultOutputCanBeSetAndListenersHearOfIt) {
    const auto address = at(kAudioHardwarePropertyDefaultOutputDevice);
    const Heard heard(kAudioObjectSystemObject, address);
    ASSERT_EQ(heard.status(), 0);
    const auto device = device_with_uid(kTwoStreamsUid);
    EXPECT_EQ(set(kAudioObjectSystemObject, address, device), 0);
    EXPECT_EQ(get<AudioObjectID>(kAudioObjectSystemObject, address), device);
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
}

TEST_F(Properties, ADeviceThatCannotBeTheDefaultIsRefused) {
    const auto device = device_with_uid(kTwoStreamsUid);
    EXPECT_EQ(set(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultSystemOutputDevice), device),
              kAudioHardwareIllegalOperationError);
    EXPECT_EQ(set(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice), AudioObjectID{12}),
              kAudioHardwareBadDeviceError);
}

TEST_F(Properties, ObjectIdsLeadFromTheSystemToTheStreamsAndBack) {
    const auto device = device_with_uid(kTwoStreamsUid);
    const auto plug_in = get<AudioObjectID>(device, at(kAudioObjectPropertyOwner)).value_or(0);
    EXPECT_EQ(get<AudioClassID>(plug_in, at(kAudioObjectPropertyClass)), kAudioPlugInClassID);
    EXPECT_EQ(get<AudioObjectID>(plug_in, at(kAudioObjectPropertyOwner)), kAudioObjectSystemObject);
    EXPECT_EQ(get_list<AudioObjectID>(plug_in, at(kAudioPlugInPropertyDeviceList)), std::vector{device});
    const auto streams =
        get_list<AudioObjectID>(device, at(kAudioDevicePropertyStreams, kAudioObjectPropertyScopeOutput));
    ASSERT_EQ(streams.size(), 2U);
    for (const auto stream : streams) {
        EXPECT_EQ(get<AudioObjectID>(stream, at(kAudioObjectPropertyOwner)), device);
    }
    EXPECT_TRUE(
        get_list<AudioObjectID>(device, at(kAudioDevicePropertyStreams, kAudioObjectPropertyScopeInput))
            .empty());
}

TEST_F(Properties, UnknownPropertiesAndObjectsAreNamedAsSuch) {
    const auto unknown = at(four("zzzz"));
    const auto name = at(kAudioObjectPropertyName);
    UInt32 value = 0;
    UInt32 size = sizeof value;
    for (const auto object : {AudioObjectID{kAudioObjectSystemObject}, device_with_uid(kSpeakersUid),
                              device_with_uid(kTwoStreamsUid)}) {
        EXPECT_EQ(AudioObjectHasProperty(object, &unknown), 0);
        EXPECT_EQ(AudioObjectGetPropertyData(object, &unknown, 0, nullptr, &size, &value),
                  kAudioHardwareUnknownPropertyError);
        EXPECT_EQ(AudioObjectGetPropertyDataSize(object, &unknown, 0, nullptr, &size),
                  kAudioHardwareUnknownPropertyError);
        EXPECT_EQ(set(object, unknown, value), kAudioHardwareUnknownPropertyError);
    }
    EXPECT_EQ(AudioObjectGetPropertyDataSize(999, &name, 0, nullptr, &size), kAudioHardwareBadObjectError);
}

TEST_F(Properties, APropertyThatThePlugInDoesNotDeclareDoesNotReachClients) {
    const auto address = at(two_streams::kUndeclared);
    EXPECT_EQ(AudioObjectHasProperty(device_with_uid(kTwoStreamsUid), &address), 0);
}

TEST_F(Properties, AValueThatDoesNotFitIsRefused) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const auto rate = at(kAudioDevicePropertyNominalSampleRate);
    const auto name = at(kAudioObjectPropertyName);
    UInt32 small = 0;
    UInt32 size = sizeof small;
    EXPECT_EQ(AudioObjectGetPropertyData(speakers, &rate, 0, nullptr, &size, &small),
              kAudioHardwareBadPropertySizeError);
    EXPECT_EQ(AudioObjectGetPropertyData(speakers, &name, 0, nullptr, &size, &small),
              kAudioHardwareBadPropertySizeError);
    EXPECT_EQ(set(speakers, rate, small), kAudioHardwareBadPropertySizeError);
}

TEST_F(Properties, ACustomStringIsKeptInTheHostsStorageAcrossServers) {
    const auto note = at(two_streams::kNote);
    auto device = device_with_uid(kTwoStreamsUid);
    Boolean settable = 0;
    EXPECT_EQ(AudioObjectIsPropertySettable(device, &note, &settable), 0);
    EXPECT_EQ(settable, 1);
    const CFStringRef value = CFSTR("grüße 🦎");
    EXPECT_EQ(set(device, note, value), 0);
    EXPECT_EQ(get_text(device, note), "grüße 🦎");
    start_server();
    EXPECT_EQ(get_text(device_with_uid(kTwoStreamsUid), note), "grüße 🦎");
}

TEST_F(Properties, AStringPropertyRefusesANumber) {
    const CFNumberRef number = [] {
        const SInt32 value = 5;
        return CFNumberCreate(nullptr, kCFNumberSInt32Type, &value);
    }();
    EXPECT_NE(set(device_with_uid(kTwoStreamsUid), at(two_streams::kNote), number), 0);
    CFRelease(number);
}

class Rates : public ClientTest, public testing::WithParamInterface<const char*> {};

TEST_P(Rates, ANewRateIsHeardOfAndReadBackFromTheDeviceAndItsStreams) {
    const auto device = device_with_uid(GetParam());
    const auto address = at(kAudioDevicePropertyNominalSampleRate);
    const auto format = at(kAudioStreamPropertyVirtualFormat);
    const auto stream =
        get_list<AudioObjectID>(device, at(kAudioDevicePropertyStreams, kAudioObjectPropertyScopeOutput))
            .front();
    const Heard rate_heard(device, address);
    const Heard format_heard(stream, format);
    const Heard anything_heard(device,
                               {kAudioObjectPropertySelectorWildcard, kAudioObjectPropertyScopeWildcard,
                                kAudioObjectPropertyElementWildcard});
    EXPECT_EQ(set(device, address, Float64{44100}), 0);
    EXPECT_TRUE(eventually([&] { return rate_heard.count() == 1 && format_heard.count() == 1; }));
    EXPECT_GE(anything_heard.count(), 1);
    EXPECT_EQ(get<Float64>(device, address), 44100.0);
    EXPECT_EQ(
        get<AudioStreamBasicDescription>(stream, format).value_or(AudioStreamBasicDescription{}).mSampleRate,
        44100.0);
}

TEST_P(Rates, ARateThatTheDeviceDoesNotHaveIsRefusedAndChangesNothing) {
    const auto device = device_with_uid(GetParam());
    const auto address = at(kAudioDevicePropertyNominalSampleRate);
    EXPECT_EQ(set(device, address, Float64{12345}), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(get<Float64>(device, address), 48000.0);
}

INSTANTIATE_TEST_SUITE_P(EachDevice, Rates, testing::Values(kSpeakersUid, kTwoStreamsUid),
                         [](const auto& test) { return std::string(test.param).substr(0, 9); });

TEST_F(Properties, TheBufferSizeCanBeSetWithinItsRange) {
    const auto device = device_with_uid(kSpeakersUid);
    const auto address = at(kAudioDevicePropertyBufferFrameSize);
    const auto range = get<AudioValueRange>(device, at(kAudioDevicePropertyBufferFrameSizeRange));
    ASSERT_TRUE(range);
    EXPECT_EQ(range->mMinimum, 14);
    EXPECT_EQ(range->mMaximum, 4096);
    EXPECT_EQ(get<UInt32>(device, address), 512U);
    const Heard heard(device, address);
    EXPECT_EQ(set(device, address, UInt32{100}), 0);
    EXPECT_EQ(get<UInt32>(device, address), 100U);
    EXPECT_TRUE(eventually([&] { return heard.count() == 1; }));
    EXPECT_EQ(set(device, address, UInt32{13}), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(set(device, address, UInt32{4097}), kAudioHardwareIllegalOperationError);
}

TEST_F(Properties, TheStreamConfigurationListsTheStreamsOfASide) {
    const auto device = device_with_uid(kTwoStreamsUid);
    const auto bytes =
        get_list<UInt8>(device, at(kAudioDevicePropertyStreamConfiguration, kAudioObjectPropertyScopeOutput));
    ASSERT_EQ(bytes.size(), 8 + 2 * sizeof(AudioBuffer));
    const auto* const list = reinterpret_cast<const AudioBufferList*>(bytes.data());
    const std::span buffers(list->mBuffers, list->mNumberBuffers);
    ASSERT_EQ(buffers.size(), 2U);
    EXPECT_EQ(buffers[0].mNumberChannels, 2U);
    EXPECT_EQ(buffers[1].mNumberChannels, 1U);
    const auto input =
        get_list<UInt8>(device, at(kAudioDevicePropertyStreamConfiguration, kAudioObjectPropertyScopeInput));
    EXPECT_EQ(input, std::vector<UInt8>(8));
}

TEST_F(Properties, ARemovedListenerHearsNothingMore) {
    const auto device = device_with_uid(kSpeakersUid);
    const auto address = at(kAudioDevicePropertyBufferFrameSize);
    const Heard stays(device, address);
    {
        const Heard goes(device, address);
        set(device, address, UInt32{64});
        EXPECT_TRUE(eventually([&] { return stays.count() == 1 && goes.count() == 1; }));
    }
    set(device, address, UInt32{128});
    EXPECT_TRUE(eventually([&] { return stays.count() == 2; }));
}

}  // namespace
