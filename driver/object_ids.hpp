#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <array>
#include <cstdint>

/// The driver's objects: one plug-in, one device, its output stream, its volume and its mute.
namespace gecko::driver {

inline constexpr AudioObjectID kPlugInId = kAudioObjectPlugInObject;
inline constexpr AudioObjectID kDeviceId = 2;
inline constexpr AudioObjectID kStreamId = 3;
inline constexpr AudioObjectID kVolumeId = 4;
inline constexpr AudioObjectID kMuteId = 5;

/// A set of objects, for rows of the property table that hold for several.
using Objects = std::uint32_t;
inline constexpr Objects kPlugIn = 1u << kPlugInId;
inline constexpr Objects kDevice = 1u << kDeviceId;
inline constexpr Objects kStream = 1u << kStreamId;
inline constexpr Objects kVolume = 1u << kVolumeId;
inline constexpr Objects kMute = 1u << kMuteId;
inline constexpr Objects kControls = kVolume | kMute;
inline constexpr Objects kEveryObject = kPlugIn | kDevice | kStream | kControls;

struct ObjectInfo {
    AudioObjectID id;
    AudioObjectID owner;
    /// Its class, then what that derives from; padded with the root class.
    std::array<AudioClassID, 4> classes;
};

inline constexpr std::array<ObjectInfo, 5> kObjects = {{
    {kPlugInId,
     kAudioObjectUnknown,
     {kAudioPlugInClassID, kAudioObjectClassID, kAudioObjectClassID, kAudioObjectClassID}},
    {kDeviceId,
     kPlugInId,
     {kAudioDeviceClassID, kAudioObjectClassID, kAudioObjectClassID, kAudioObjectClassID}},
    {kStreamId,
     kDeviceId,
     {kAudioStreamClassID, kAudioObjectClassID, kAudioObjectClassID, kAudioObjectClassID}},
    {kVolumeId,
     kDeviceId,
     {kAudioVolumeControlClassID, kAudioLevelControlClassID, kAudioControlClassID, kAudioObjectClassID}},
    {kMuteId,
     kDeviceId,
     {kAudioMuteControlClassID, kAudioBooleanControlClassID, kAudioControlClassID, kAudioObjectClassID}},
}};

/// Nothing for an ID that is none of the driver's.
constexpr const ObjectInfo* find_object(AudioObjectID id) noexcept {
    for (const ObjectInfo& object : kObjects)
        if (object.id == id) return &object;
    return nullptr;
}

}  // namespace gecko::driver
