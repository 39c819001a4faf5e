// Property values that are CF objects, on their way between processes.
#pragma once

#include <CoreAudio/AudioHardwareBase.h>
#include <CoreFoundation/CoreFoundation.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "minihal/wire/protocol.hpp"

namespace minihal::wire {

// Owns a reference to a CF object, or nothing.
class CfRef {
  public:
    CfRef() = default;
    // Takes over the caller's reference.
    explicit CfRef(CFTypeRef object) : object_(object) {}
    CfRef(CfRef&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    CfRef& operator=(CfRef&& other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~CfRef() {
        if (object_ != nullptr) CFRelease(object_);
    }
    CFTypeRef get() const { return object_; }
    // The caller owns it from now on.
    CFTypeRef release() { return std::exchange(object_, nullptr); }
    explicit operator bool() const { return object_ != nullptr; }

  private:
    CFTypeRef object_ = nullptr;
};

// UTF-8; nothing when the object is no string.
std::optional<std::string> text_of(CFTypeRef object);
CfRef string_of(const std::string& text);

// The kinds of a standard property's data and qualifier; nothing for a selector that Apple has not published.
std::optional<PropertyKinds> standard_kinds(AudioObjectPropertySelector selector);

// As a binary property list; NULL travels as no bytes. Nothing when the object is not of the kind.
std::optional<std::vector<uint8_t>> encode_cf(ValueKind kind, CFTypeRef object);
// Nothing when the bytes are not of the kind. No bytes give NULL.
std::optional<CfRef> decode_cf(ValueKind kind, std::span<const uint8_t> bytes);

}  // namespace minihal::wire
