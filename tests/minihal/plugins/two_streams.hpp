// What the tests know of the plug-in TwoStreams.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

namespace two_streams {

constexpr AudioObjectPropertySelector four(const char (&text)[5]) {
    return static_cast<AudioObjectPropertySelector>(text[0]) << 24 |
           static_cast<AudioObjectPropertySelector>(text[1]) << 16 |
           static_cast<AudioObjectPropertySelector>(text[2]) << 8 |
           static_cast<AudioObjectPropertySelector>(text[3]);
}

inline constexpr AudioObjectID kDevice = 70;
inline constexpr AudioObjectID kStereoStream = 90;
inline constexpr AudioObjectID kMonoStream = 80;
inline constexpr UInt32 kSafetyOffset = 37;
inline constexpr UInt32 kPeriod = 12000;

// Custom properties of the device.
// A property list: a dictionary with "stereo" and "mono" (data: what WriteMix got), "clients" (string: the bundle IDs of
// the clients that ProcessOutput was called for, in order), "operations" (string: those of the first cycle).
inline constexpr auto kHeard = four("hear");
// A string that can be set, kept in the host's storage.
inline constexpr auto kNote = four("note");
// A property that the plug-in has and does not declare.
inline constexpr auto kUndeclared = four("undc");

}  // namespace two_streams
