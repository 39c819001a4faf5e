#include "minihal/host/object_map.hpp"

#include <CoreAudio/AudioHardware.h>
#include <CoreAudio/AudioServerPlugIn.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace minihal {

namespace {

constexpr AudioObjectPropertySelector kObjectProperties[] = {
    kAudioObjectPropertyOwner,           kAudioObjectPropertyCreator,
    kAudioObjectPropertyOwnedObjects,    kAudioObjectPropertyControlList,
    kAudioPlugInPropertyDeviceList,      kAudioPlugInPropertyTranslateUIDToDevice,
    kAudioPlugInPropertyBoxList,         kAudioPlugInPropertyTranslateUIDToBox,
    kAudioPlugInPropertyClockDeviceList, kAudioPlugInPropertyTranslateUIDToClockDevice,
    kAudioDevicePropertyRelatedDevices,  kAudioDevicePropertyStreams,
};

}  // namespace

AudioObjectID ObjectMap::global(const LocalObject& object) {
    if (object.id == kAudioObjectUnknown) return kAudioObjectUnknown;
    const auto next = first_ + static_cast<AudioObjectID>(objects_.size());
    const auto [entry, added] = ids_.try_emplace(object, next);
    if (added) objects_.push_back(object);
    return entry->second;
}

std::optional<LocalObject> ObjectMap::local(AudioObjectID id) const {
    if (id < first_ || id - first_ >= objects_.size()) return std::nullopt;
    return objects_[id - first_];
}

bool ObjectMap::holds_objects(AudioObjectPropertySelector selector) {
    return std::ranges::find(kObjectProperties, selector) != std::end(kObjectProperties);
}

void ObjectMap::to_global(const LocalObject& owner, AudioObjectPropertySelector selector,
                          std::span<uint8_t> value) {
    if (!holds_objects(selector)) return;
    for (; value.size() >= sizeof(AudioObjectID); value = value.subspan(sizeof(AudioObjectID))) {
        AudioObjectID id = 0;
        std::memcpy(&id, value.data(), sizeof id);
        id = selector == kAudioObjectPropertyOwner && owner.id == kAudioObjectPlugInObject
                 ? AudioObjectID{kAudioObjectSystemObject}
                 : global({.plug_in = owner.plug_in, .id = id});
        std::memcpy(value.data(), &id, sizeof id);
    }
}

}  // namespace minihal
