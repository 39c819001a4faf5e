// The objects of the simulated hardware's plug-in: itself, and a block of IDs for each device.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

namespace minihal::hardware {

// A device's objects by their places within its block.
enum class Object : AudioObjectID {
    kDevice,
    kOutputStream,
    kInputStream,
    kVolume,
    kMute,
    kRightVolume,
    kPlugIn
};

inline constexpr AudioObjectID kFirstDevice = 2;
inline constexpr AudioObjectID kObjectsPerDevice = 16;

constexpr AudioObjectID first_of_block(AudioObjectID object) {
    return object - (object - kFirstDevice) % kObjectsPerDevice;
}

}  // namespace minihal::hardware
