// Statements about the function table: references, identity, and what is refused before anything happens.
#include <gtest/gtest.h>

#include "driver_fixture.hpp"

namespace gecko::driver::test {
namespace {

constexpr CFUUIDBytes kUnknown = {0, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
constexpr CFUUIDBytes kDriver = {0xEE, 0xA5, 0x77, 0x3D, 0xCC, 0x43, 0x49, 0xF1,
                                 0x8E, 0x00, 0x8F, 0x96, 0xE7, 0xD2, 0x3B, 0x17};
constexpr CFUUIDBytes kForeign = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

class Interface : public DriverTest {};

TEST_F(Interface, AnswersToIUnknownAndToTheDriverInterfaceWithItself) {
    for (const CFUUIDBytes& uuid : {kUnknown, kDriver}) {
        void* found = nullptr;
        EXPECT_EQ(interface().QueryInterface(ref(), uuid, &found), S_OK);
        EXPECT_EQ(found, ref());
    }
    EXPECT_EQ(interface().Release(ref()), 1u);
    EXPECT_EQ(interface().Release(ref()), 0u);
}

TEST_F(Interface, AnswersToNoOtherInterfaceAndCountsNoReferenceForIt) {
    void* found = ref();
    EXPECT_EQ(interface().QueryInterface(ref(), kForeign, &found), E_NOINTERFACE);
    EXPECT_EQ(found, nullptr);
    EXPECT_EQ(interface().AddRef(ref()), 1u);
    EXPECT_EQ(interface().QueryInterface(ref(), kDriver, nullptr), E_POINTER);
    EXPECT_EQ(interface().AddRef(ref()), 2u);
}

TEST_F(Interface, CountsReferencesAndOutlivesTheLast) {
    EXPECT_EQ(interface().AddRef(ref()), 1u);
    EXPECT_EQ(interface().AddRef(ref()), 2u);
    EXPECT_EQ(interface().Release(ref()), 1u);
    EXPECT_EQ(interface().Release(ref()), 0u);
    EXPECT_EQ(interface().Release(ref()), 0u);
    EXPECT_EQ(interface().AddRef(ref()), 1u);
    EXPECT_TRUE(has(kPlugInId, global(kAudioObjectPropertyClass)));
}

TEST_F(Interface, TwoPlugInsInOneProcessShareNothing) {
    PlugIn other(ControlCalls::drained);
    EXPECT_EQ(set(kVolumeId, global(kAudioLevelControlPropertyScalarValue), Float32{0.25f}), 0);
    EXPECT_EQ(other.device().volume(), 1.0f);
}

TEST_F(Interface, RefusesAReferenceThatIsNotIts) {
    AudioServerPlugInDriverInterface elsewhere = interface();
    AudioServerPlugInDriverInterface* pointer = &elsewhere;
    for (AudioServerPlugInDriverRef foreign : {AudioServerPlugInDriverRef{nullptr}, &pointer}) {
        const Address address = global(kAudioObjectPropertyClass);
        AudioServerPlugInClientInfo client{};
        AudioServerPlugInIOCycleInfo cycle{};
        AudioObjectID made = 0;
        Boolean yes = 0;
        UInt32 size = 0;
        Float64 time = 0;
        UInt64 ticks = 0;
        void* found = nullptr;
        constexpr OSStatus kBad = kAudioHardwareBadObjectError;
        auto& table = interface();
        EXPECT_EQ(table.QueryInterface(foreign, kDriver, &found), E_HANDLE);
        EXPECT_EQ(table.AddRef(foreign), 0u);
        EXPECT_EQ(table.Release(foreign), 0u);
        EXPECT_EQ(table.Initialize(foreign, host_.ref()), kBad);
        EXPECT_EQ(table.CreateDevice(foreign, nullptr, &client, &made), kBad);
        EXPECT_EQ(table.DestroyDevice(foreign, kDeviceId), kBad);
        EXPECT_EQ(table.AddDeviceClient(foreign, kDeviceId, &client), kBad);
        EXPECT_EQ(table.RemoveDeviceClient(foreign, kDeviceId, &client), kBad);
        EXPECT_EQ(table.PerformDeviceConfigurationChange(foreign, kDeviceId, 48'000, nullptr), kBad);
        EXPECT_EQ(table.AbortDeviceConfigurationChange(foreign, kDeviceId, 48'000, nullptr), kBad);
        EXPECT_FALSE(table.HasProperty(foreign, kPlugInId, 0, &address));
        EXPECT_EQ(table.IsPropertySettable(foreign, kPlugInId, 0, &address, &yes), kBad);
        EXPECT_EQ(table.GetPropertyDataSize(foreign, kPlugInId, 0, &address, 0, nullptr, &size), kBad);
        EXPECT_EQ(table.GetPropertyData(foreign, kPlugInId, 0, &address, 0, nullptr, 4, &size, &made), kBad);
        EXPECT_EQ(table.SetPropertyData(foreign, kPlugInId, 0, &address, 0, nullptr, 4, &made), kBad);
        EXPECT_EQ(table.StartIO(foreign, kDeviceId, 1), kBad);
        EXPECT_EQ(table.StopIO(foreign, kDeviceId, 1), kBad);
        EXPECT_EQ(table.GetZeroTimeStamp(foreign, kDeviceId, 1, &time, &ticks, &ticks), kBad);
        EXPECT_EQ(table.WillDoIOOperation(foreign, kDeviceId, 1, "rite"_cc, &yes, &yes), kBad);
        EXPECT_EQ(table.BeginIOOperation(foreign, kDeviceId, 1, "rite"_cc, 1, &cycle), kBad);
        EXPECT_EQ(table.DoIOOperation(foreign, kDeviceId, kStreamId, 1, "rite"_cc, 1, &cycle, &time, nullptr),
                  kBad);
        EXPECT_EQ(table.EndIOOperation(foreign, kDeviceId, 1, "rite"_cc, 1, &cycle), kBad);
    }
}

TEST_F(Interface, TellsAnUnknownObjectFromOneThatIsNoDevice) {
    AudioServerPlugInClientInfo client{};
    for (const AudioObjectID id :
         {AudioObjectID{0}, AudioObjectID{6}, AudioObjectID{40}, ~AudioObjectID{0}}) {
        EXPECT_EQ(interface().StartIO(ref(), id, 1), kAudioHardwareBadObjectError);
        EXPECT_EQ(interface().AddDeviceClient(ref(), id, &client), kAudioHardwareBadObjectError);
    }
    for (const AudioObjectID id : {kPlugInId, kStreamId, kVolumeId, kMuteId}) {
        EXPECT_EQ(interface().StartIO(ref(), id, 1), kAudioHardwareBadDeviceError);
        EXPECT_EQ(interface().StopIO(ref(), id, 1), kAudioHardwareBadDeviceError);
        EXPECT_EQ(interface().RemoveDeviceClient(ref(), id, &client), kAudioHardwareBadDeviceError);
        EXPECT_EQ(interface().PerformDeviceConfigurationChange(ref(), id, 48'000, nullptr),
                  kAudioHardwareBadDeviceError);
    }
}

TEST_F(Interface, RefusesNullPointers) {
    const Address address = global(kAudioObjectPropertyClass);
    AudioServerPlugInIOCycleInfo cycle{};
    std::array<float, 2> pcm{};
    Boolean yes = 0;
    UInt32 size = 0;
    UInt32 value = 0;
    Float64 time = 0;
    UInt64 ticks = 0;
    constexpr OSStatus kIllegal = kAudioHardwareIllegalOperationError;
    auto& table = interface();
    EXPECT_EQ(table.Initialize(ref(), nullptr), kIllegal);
    EXPECT_EQ(table.AddDeviceClient(ref(), kDeviceId, nullptr), kIllegal);
    EXPECT_FALSE(table.HasProperty(ref(), kPlugInId, 0, nullptr));
    EXPECT_EQ(table.IsPropertySettable(ref(), kPlugInId, 0, nullptr, &yes), kIllegal);
    EXPECT_EQ(table.IsPropertySettable(ref(), kPlugInId, 0, &address, nullptr), kIllegal);
    EXPECT_EQ(table.GetPropertyDataSize(ref(), kPlugInId, 0, nullptr, 0, nullptr, &size), kIllegal);
    EXPECT_EQ(table.GetPropertyDataSize(ref(), kPlugInId, 0, &address, 0, nullptr, nullptr), kIllegal);
    EXPECT_EQ(table.GetPropertyData(ref(), kPlugInId, 0, nullptr, 0, nullptr, 4, &size, &value), kIllegal);
    EXPECT_EQ(table.GetPropertyData(ref(), kPlugInId, 0, &address, 0, nullptr, 4, nullptr, &value), kIllegal);
    EXPECT_EQ(table.GetPropertyData(ref(), kPlugInId, 0, &address, 0, nullptr, 4, &size, nullptr), kIllegal);
    EXPECT_EQ(table.SetPropertyData(ref(), kMuteId, 0, nullptr, 0, nullptr, 4, &value), kIllegal);
    EXPECT_EQ(table.SetPropertyData(ref(), kMuteId, 0, &address, 0, nullptr, 4, nullptr), kIllegal);
    EXPECT_EQ(table.GetZeroTimeStamp(ref(), kDeviceId, 1, nullptr, &ticks, &ticks), kIllegal);
    EXPECT_EQ(table.GetZeroTimeStamp(ref(), kDeviceId, 1, &time, nullptr, &ticks), kIllegal);
    EXPECT_EQ(table.GetZeroTimeStamp(ref(), kDeviceId, 1, &time, &ticks, nullptr), kIllegal);
    EXPECT_EQ(table.WillDoIOOperation(ref(), kDeviceId, 1, "rite"_cc, nullptr, &yes), kIllegal);
    EXPECT_EQ(table.WillDoIOOperation(ref(), kDeviceId, 1, "rite"_cc, &yes, nullptr), kIllegal);
    EXPECT_EQ(table.DoIOOperation(ref(), kDeviceId, kStreamId, 1, "rite"_cc, 1, nullptr, pcm.data(), nullptr),
              kIllegal);
    EXPECT_EQ(table.DoIOOperation(ref(), kDeviceId, kStreamId, 1, "rite"_cc, 1, &cycle, nullptr, nullptr),
              kIllegal);
}

TEST_F(Interface, MakesNoDevicesToOrderAndAcceptsClients) {
    AudioServerPlugInClientInfo client{
        .mClientID = 7, .mProcessID = 1, .mIsNativeEndian = 1, .mBundleID = {}};
    AudioObjectID made = 0;
    EXPECT_EQ(interface().CreateDevice(ref(), nullptr, &client, &made),
              kAudioHardwareUnsupportedOperationError);
    EXPECT_EQ(interface().DestroyDevice(ref(), kDeviceId), kAudioHardwareUnsupportedOperationError);
    EXPECT_EQ(interface().AddDeviceClient(ref(), kDeviceId, &client), 0);
    EXPECT_EQ(interface().RemoveDeviceClient(ref(), kDeviceId, &client), 0);
}

}  // namespace
}  // namespace gecko::driver::test
