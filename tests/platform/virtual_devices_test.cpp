#include "platform/virtual_devices.hpp"

#include <gtest/gtest.h>

#include <string>

#include "shm/attach.hpp"

namespace gecko::platform {
namespace {

std::string product(std::string_view uid, std::string_view manufacturer = "") {
    const VirtualDevice* device = recognise_virtual_device(uid, manufacturer);
    return device == nullptr ? "(none)" : std::string(device->product);
}

TEST(VirtualDevices, AreRecognisedByTheirUids) {
    for (const char* uid : {"BlackHole2ch_UID", "BlackHole16ch_UID", "BlackHole64ch_UID", "BlackHole_UID"})
        EXPECT_EQ(product(uid), "BlackHole") << uid;
    EXPECT_EQ(product("com.rogueamoeba.Loopback::6D94B290-E225-46E9-AAD1-3AD95212DBF6"), "Loopback");
    EXPECT_EQ(product("SoundflowerEngine:0"), "Soundflower");
    EXPECT_EQ(product("SoundflowerEngine:1"), "Soundflower");
    EXPECT_EQ(product("BGMDevice"), "Background Music");
    EXPECT_EQ(product("BGMDevice_UISounds"), "Background Music");
    EXPECT_EQ(product("EQMDevice"), "eqMac");
    EXPECT_EQ(product("MSLoopbackDriverDevice_UID"), "Microsoft Teams Audio");
    EXPECT_EQ(product("zoom.us.zoomaudiodevice.001"), "ZoomAudioDevice");
}

TEST(VirtualDevices, AreRecognisedByTheirMakersWhereTheUidIsUnknown) {
    EXPECT_EQ(product("MyOwnHole_UID", "Existential Audio Inc."), "BlackHole");
    EXPECT_EQ(product("com.rogueamoeba.something", "Rogue Amoeba Software, Inc."),
              "Rogue Amoeba's audio driver");
}

TEST(VirtualDevices, HardwareAndGeckoItselfAreNoOthers) {
    EXPECT_EQ(product("BuiltInSpeakerDevice", "Apple Inc."), "(none)");
    EXPECT_EQ(product("AppleUSBAudioEngine:Focusrite:Scarlett:1234:1", "Focusrite"), "(none)");
    EXPECT_EQ(product("00-11-22-33-44-55:output", "Apple Inc."), "(none)");
    EXPECT_EQ(product(shm::kDeviceUid, "Gecko"), "(none)");
    EXPECT_EQ(product("", ""), "(none)");
}

TEST(VirtualDevices, OnlyLoopbacksWithAnInputCanBeTheSource) {
    EXPECT_TRUE(can_be_source("BlackHole2ch_UID", "", 2));
    EXPECT_TRUE(can_be_source("SoundflowerEngine:0", "", 2));
    EXPECT_TRUE(can_be_source("com.rogueamoeba.Loopback::X", "", 2));
    EXPECT_FALSE(can_be_source("BlackHole2ch_UID", "", 0));
    EXPECT_FALSE(can_be_source("BGMDevice", "", 2)) << "its own program plays it already";
    EXPECT_FALSE(can_be_source("EQMDevice", "", 2));
    EXPECT_FALSE(can_be_source("BuiltInMicrophoneDevice", "Apple Inc.", 2));
}

TEST(VirtualDevices, ThatTakeTheDefaultNameTheirProgram) {
    EXPECT_EQ(recognise_virtual_device("EQMDevice", "")->application, "eqMac");
    EXPECT_EQ(recognise_virtual_device("BGMDevice", "")->application, "Background Music");
    for (const VirtualDevice& device : virtual_devices()) {
        EXPECT_FALSE(device.key.empty());
        EXPECT_FALSE(device.product.empty());
        EXPECT_TRUE(device.loops_back || !device.application.empty()) << device.product;
    }
}

}  // namespace
}  // namespace gecko::platform
