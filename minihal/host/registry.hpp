// Everything that clients can see: plug-ins, devices, object IDs, default devices.
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "minihal/host/device.hpp"
#include "minihal/host/object_map.hpp"
#include "minihal/host/plug_in.hpp"

namespace minihal {

// The control thread's.
struct Registry {
    explicit Registry(AudioObjectID first_id) : objects(first_id) {}

    std::vector<std::unique_ptr<PlugIn>> plug_ins;
    ObjectMap objects;
    std::map<AudioObjectID, Device> devices;  // in the order in which they appeared
    AudioObjectID default_output = kAudioObjectUnknown;
    AudioObjectID default_system_output = kAudioObjectUnknown;
    AudioObjectID default_input = kAudioObjectUnknown;

    PlugIn& plug_in_of(const Device& device) const { return *plug_ins[device.local.plug_in]; }
    Device* device(AudioObjectID id) {
        const auto found = devices.find(id);
        return found != devices.end() ? &found->second : nullptr;
    }
    Device* device(const LocalObject& local) { return device(objects.global(local)); }
    AudioObjectID device_with_uid(const std::string& uid) const {
        for (const auto& [id, device] : devices) {
            if (device.uid == uid) return id;
        }
        return kAudioObjectUnknown;
    }
    AudioObjectID plug_in_object(const PlugIn& plug_in) {
        return objects.global({.plug_in = plug_in.index(), .id = kAudioObjectPlugInObject});
    }
};

}  // namespace minihal
