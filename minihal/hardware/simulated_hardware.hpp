// The factory of the simulated devices' plug-in. Its bundle ID is "minihal.hardware".
#pragma once

#include <CoreAudio/AudioHardwareBase.h>
#include <CoreFoundation/CoreFoundation.h>

#include <cstdint>
#include <expected>
#include <string>

namespace minihal {

inline constexpr const char* kSimulatedHardwareBundle = "minihal.hardware";

// Custom property of the plug-in, a property list. Set, it is a command: a dictionary with "do" ("plug", "unplug", "rate", "volume", "stick", "busy")
// and "uid"; docs/minihal.md has their other keys. Got, it is an array of the devices that are there, as dictionaries.
inline constexpr AudioObjectPropertySelector kSimulatedHardwareProperty = 0x73696d75;  // 'simu'

// Property of a device, for the host: whether it becomes the default when it is plugged in (UInt32), as headphones do. How coreaudiod
// comes to know that is not published.
inline constexpr AudioObjectPropertySelector kTakesDefaultProperty = 0x746b6466;  // 'tkdf'

// What a simulated microphone hears: a quiet tone, from the sample time of the frame. Input channels differ.
float microphone_sample(int64_t sample_time, uint32_t channel);

// A CFPlugIn factory as an Info.plist would name one: a new AudioServerPlugInDriverRef for
// kAudioServerPlugInTypeUUID, NULL for any other type. Any thread.
void* create_simulated_hardware(CFAllocatorRef allocator, CFUUIDRef type);

// What plug-ins that are made from now on have at their start: an array of dictionaries. Until this is called, and for NULL, one
// output, "Simulated Speakers" (UID SimulatedSpeakers_UID). The error is what is wrong with it. Any thread.
std::expected<void, std::string> set_simulated_devices(CFPropertyListRef dictionaries);

// What the crystals of simulated devices that have no error of their own run fast by, ppm, from the next start of each
// device on; the host clock keeps perfect time. Any thread.
void set_crystal_error(double ppm);

}  // namespace minihal
