#include "platform/coreaudio/stream_usage.hpp"

#include <cstddef>
#include <vector>

#include "platform/coreaudio/hal.hpp"

namespace gecko::platform::coreaudio {

OSStatus close_streams(AudioObjectID device, AudioDeviceIOProcID proc, AudioObjectPropertyScope scope) {
    const auto address = address_of(kAudioDevicePropertyIOProcStreamUsage, scope);
    const auto streams = get_list<AudioObjectID>(device, address_of(kAudioDevicePropertyStreams, scope));
    if (!streams && streams.error() != kAudioHardwareUnknownPropertyError) return streams.error();
    if (!streams || streams->empty()) return kAudioHardwareNoError;
    const std::size_t head = offsetof(AudioHardwareIOProcStreamUsage, mStreamIsOn);
    std::vector<UInt32> usage(head / sizeof(UInt32) + streams->size());  // its flags are all 0
    auto* const header = reinterpret_cast<AudioHardwareIOProcStreamUsage*>(usage.data());
    header->mIOProc = reinterpret_cast<void*>(proc);
    header->mNumberStreams = static_cast<UInt32>(streams->size());
    return AudioObjectSetPropertyData(device, &address, 0, nullptr,
                                      static_cast<UInt32>(usage.size() * sizeof(UInt32)), usage.data());
}

}  // namespace gecko::platform::coreaudio
