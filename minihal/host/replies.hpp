// Answers to requests about properties.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "minihal/wire/protocol.hpp"

namespace minihal {

inline wire::Reply failed(OSStatus status) {
    return {.status = status, .value = {}};
}

template <typename T>
wire::Reply answer(const T& value) {
    wire::Writer writer;
    writer.put(value);
    return {.status = kAudioHardwareNoError, .value = writer.take()};
}

// Bytes of a value in the caller's memory, where a CF object is a pointer.
inline wire::Reply size_of(const std::vector<uint8_t>& value, wire::ValueKind kind) {
    return answer(static_cast<UInt32>(kind == wire::ValueKind::kBytes ? value.size() : sizeof(CFTypeRef)));
}

// A value that does not fit is refused, but for lists, which are cut to whole elements.
inline wire::Reply fitted(std::vector<uint8_t> value, wire::ValueKind kind, UInt32 room, bool list) {
    const auto size = kind == wire::ValueKind::kBytes ? value.size() : sizeof(CFTypeRef);
    if (list) {
        value.resize(std::min<size_t>(value.size(), room / sizeof(UInt32) * sizeof(UInt32)));
    } else if (size > room) {
        return failed(kAudioHardwareBadPropertySizeError);
    }
    return {.status = kAudioHardwareNoError, .value = std::move(value)};
}

}  // namespace minihal
