// A device's volume, mute and format as clients know them, by the plug-in's controls and streams.
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <optional>

#include "minihal/host/object_map.hpp"
#include "minihal/host/plug_in.hpp"

namespace minihal {

// A property of an object, by the plug-in's ID.
struct LocalProperty {
    AudioObjectID object;
    AudioObjectPropertyAddress address;
};

// The control's property that a device's property (kAudioDevicePropertyVolumeScalar and its like) stands for: of a control of the
// class, in that scope, of that element. Nothing for another property, or when the device has no such control.
std::optional<LocalProperty> control_property(const PlugIn& plug_in, AudioObjectID device,
                                              const AudioObjectPropertyAddress& address);

// The stream's property that a device's stands for, of the first stream on the address's side: the older way to ask for a format.
std::optional<LocalProperty> stream_property(const PlugIn& plug_in, AudioObjectID device,
                                             const AudioObjectPropertyAddress& address);

// The device's property that stands for a control's, the other way round.
std::optional<LocalProperty> device_property(const PlugIn& plug_in, AudioObjectID control,
                                             const AudioObjectPropertyAddress& address);

}  // namespace minihal
