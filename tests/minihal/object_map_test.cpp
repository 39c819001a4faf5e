#include "minihal/host/object_map.hpp"

#include <CoreAudio/AudioHardware.h>
#include <gtest/gtest.h>

#include <cstring>

namespace {

using minihal::LocalObject;
using minihal::ObjectMap;

AudioObjectID translated(ObjectMap& map, const LocalObject& owner, AudioObjectPropertySelector selector,
                         AudioObjectID id) {
    uint8_t bytes[sizeof id];
    std::memcpy(bytes, &id, sizeof id);
    map.to_global(owner, selector, bytes);
    std::memcpy(&id, bytes, sizeof id);
    return id;
}

TEST(ObjectMap, TheSameIdOfTwoPlugInsIsTwoObjects) {
    ObjectMap map(100);
    const auto first = map.global({.plug_in = 0, .id = 2});
    const auto second = map.global({.plug_in = 1, .id = 2});
    EXPECT_NE(first, second);
    EXPECT_EQ(map.global({.plug_in = 0, .id = 2}), first);
    EXPECT_EQ(map.local(second), (LocalObject{.plug_in = 1, .id = 2}));
}

TEST(ObjectMap, IdsThatWereNotGivenOutAreNoObjects) {
    ObjectMap map(100);
    map.global({.plug_in = 0, .id = 2});
    for (const AudioObjectID id : {0U, 1U, 2U, 99U, 101U}) EXPECT_FALSE(map.local(id)) << id;
}

TEST(ObjectMap, OnlyValuesThatAreObjectsAreTranslated) {
    ObjectMap map(100);
    const LocalObject device{.plug_in = 0, .id = 2};
    EXPECT_EQ(translated(map, device, kAudioDevicePropertyStreams, 3), map.global({.plug_in = 0, .id = 3}));
    EXPECT_EQ(translated(map, device, kAudioDevicePropertyLatency, 3), 3U);
    EXPECT_EQ(translated(map, device, kAudioPlugInPropertyTranslateUIDToDevice, 0), 0U);
}

TEST(ObjectMap, APlugInIsOwnedByTheSystem) {
    ObjectMap map(100);
    EXPECT_EQ(translated(map, {.plug_in = 3, .id = 1}, kAudioObjectPropertyOwner, 0),
              kAudioObjectSystemObject);
    EXPECT_EQ(translated(map, {.plug_in = 3, .id = 2}, kAudioObjectPropertyOwner, 1),
              map.global({.plug_in = 3, .id = 1}));
}

}  // namespace
