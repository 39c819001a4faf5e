// kAudioDevicePropertyIOProcStreamUsage: which streams an IO proc wants, kept where the IO proc is.
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <optional>

namespace minihal::stream_usage {

inline bool is_it(const AudioObjectPropertyAddress& address) {
    return address.mSelector == kAudioDevicePropertyIOProcStreamUsage;
}

// Bytes; 0 where the object has no streams on the address's side.
UInt32 size(AudioObjectID object, const AudioObjectPropertyAddress& address);
// As AudioObjectGetPropertyData and AudioObjectSetPropertyData. `data` names the IO proc in either.
OSStatus get(AudioObjectID object, const AudioObjectPropertyAddress& address, UInt32& size, void* data);
OSStatus set(AudioObjectID object, const AudioObjectPropertyAddress& address, UInt32 size, const void* data);

}  // namespace minihal::stream_usage
