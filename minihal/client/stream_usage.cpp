#include "minihal/client/stream_usage.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "minihal/client/client_library.hpp"

namespace minihal::stream_usage {

namespace {

constexpr size_t kHeader = offsetof(AudioHardwareIOProcStreamUsage, mStreamIsOn);

UInt32 streams(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    const auto reply = client_library().request(
        wire::MessageType::kGetPropertyDataSize,
        {.object = object,
         .address = {.mSelector = kAudioDevicePropertyStreams, .mScope = address.mScope, .mElement = 0},
         .qualifier = {},
         .size = 0,
         .data = {}});
    UInt32 bytes = 0;
    if (reply.status == 0 && reply.value.size() == sizeof bytes)
        std::memcpy(&bytes, reply.value.data(), sizeof bytes);
    return std::min<UInt32>(bytes / sizeof(AudioObjectID), wire::kMaxStreams);
}

AudioDeviceIOProcID proc_of(const void* data) {
    AudioDeviceIOProcID id = nullptr;
    std::memcpy(&id, static_cast<const char*>(data) + offsetof(AudioHardwareIOProcStreamUsage, mIOProc),
                sizeof id);
    return id;
}

}  // namespace

UInt32 size(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    const auto count = streams(object, address);
    return count > 0 ? static_cast<UInt32>(kHeader + count * sizeof(UInt32)) : 0;
}

OSStatus get(AudioObjectID object, const AudioObjectPropertyAddress& address, UInt32& size, void* data) {
    const auto count = streams(object, address);
    const auto needed = static_cast<UInt32>(kHeader + count * sizeof(UInt32));
    if (count == 0) return kAudioHardwareUnknownPropertyError;
    if (size < needed) return kAudioHardwareBadPropertySizeError;
    const auto off = client_library().streams_off(object, proc_of(data), address.mScope);
    if (!off) return off.error();
    auto* const bytes = static_cast<char*>(data);
    std::memcpy(bytes + offsetof(AudioHardwareIOProcStreamUsage, mNumberStreams), &count, sizeof count);
    for (UInt32 i = 0; i < count; ++i) {
        const UInt32 on = (*off >> i & 1) == 0 ? 1 : 0;
        std::memcpy(bytes + kHeader + i * sizeof on, &on, sizeof on);
    }
    size = needed;
    return kAudioHardwareNoError;
}

OSStatus set(AudioObjectID object, const AudioObjectPropertyAddress& address, UInt32 size, const void* data) {
    const auto count = streams(object, address);
    if (count == 0) return kAudioHardwareUnknownPropertyError;
    const auto* const bytes = static_cast<const char*>(data);
    UInt32 told = 0;
    if (size < kHeader) return kAudioHardwareBadPropertySizeError;
    std::memcpy(&told, bytes + offsetof(AudioHardwareIOProcStreamUsage, mNumberStreams), sizeof told);
    if (told > count || size < kHeader + told * sizeof(UInt32)) return kAudioHardwareBadPropertySizeError;
    const auto before = client_library().streams_off(object, proc_of(data), address.mScope);
    if (!before) return before.error();
    uint32_t off = *before;
    for (UInt32 i = 0; i < told; ++i) {
        UInt32 on = 0;
        std::memcpy(&on, bytes + kHeader + i * sizeof on, sizeof on);
        off = on != 0 ? off & ~(1U << i) : off | 1U << i;
    }
    return client_library().set_streams_off(object, proc_of(data), address.mScope, off);
}

}  // namespace minihal::stream_usage
