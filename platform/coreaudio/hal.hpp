#pragma once

#include <CoreAudio/CoreAudio.h>
#include <CoreFoundation/CoreFoundation.h>

#include <expected>
#include <string>
#include <utility>
#include <vector>

/// The HAL's client API with C++ types: properties, listeners, owned CoreFoundation objects.
namespace gecko::platform::coreaudio {

/// A CoreFoundation object that is released when it goes. Takes over the reference it is given.
template <typename Ref>
class CFOwned {
  public:
    CFOwned() = default;
    explicit CFOwned(Ref ref) noexcept : ref_(ref) {}
    CFOwned(CFOwned&& other) noexcept : ref_(std::exchange(other.ref_, nullptr)) {}
    CFOwned& operator=(CFOwned&& other) noexcept {
        std::swap(ref_, other.ref_);
        return *this;
    }
    ~CFOwned() {
        if (ref_ != nullptr) CFRelease(ref_);
    }
    [[nodiscard]] Ref get() const noexcept { return ref_; }
    /// For APIs that fill in a reference that the caller then owns.
    [[nodiscard]] Ref* out() noexcept { return &ref_; }
    explicit operator bool() const noexcept { return ref_ != nullptr; }

  private:
    Ref ref_ = nullptr;
};

CFOwned<CFStringRef> to_cf(const char* text);
/// "" for null and for what is no string.
std::string to_string(CFTypeRef string);

constexpr AudioObjectPropertyAddress address_of(
    AudioObjectPropertySelector selector,
    AudioObjectPropertyScope scope = kAudioObjectPropertyScopeGlobal) noexcept {
    return {selector, scope, kAudioObjectPropertyElementMain};
}

/// Four characters, as '?' what cannot be shown.
std::string four_characters(UInt32 code);
/// An OSStatus as people look it up: 'who?' or -50.
std::string status_text(OSStatus status);

/// A property of fixed size.
template <typename T>
std::expected<T, OSStatus> get(AudioObjectID object, AudioObjectPropertyAddress address) {
    T value{};
    UInt32 bytes = sizeof(T);
    const OSStatus status = AudioObjectGetPropertyData(object, &address, 0, nullptr, &bytes, &value);
    if (status != kAudioHardwareNoError) return std::unexpected(status);
    if (bytes != sizeof(T)) return std::unexpected(OSStatus{kAudioHardwareBadPropertySizeError});
    return value;
}

/// A property that is a list; what changes between asking for its size and for its items is shortened.
template <typename T>
std::expected<std::vector<T>, OSStatus> get_list(AudioObjectID object, AudioObjectPropertyAddress address) {
    UInt32 bytes = 0;
    OSStatus status = AudioObjectGetPropertyDataSize(object, &address, 0, nullptr, &bytes);
    if (status != kAudioHardwareNoError) return std::unexpected(status);
    std::vector<T> list(bytes / sizeof(T));
    if (list.empty()) return list;
    bytes = static_cast<UInt32>(list.size() * sizeof(T));
    status = AudioObjectGetPropertyData(object, &address, 0, nullptr, &bytes, list.data());
    if (status != kAudioHardwareNoError) return std::unexpected(status);
    list.resize(bytes / sizeof(T));
    return list;
}

/// A property that is a CoreFoundation object.
template <typename Ref>
std::expected<CFOwned<Ref>, OSStatus> get_cf(AudioObjectID object, AudioObjectPropertyAddress address) {
    auto ref = get<Ref>(object, address);
    if (!ref) return std::unexpected(ref.error());
    return CFOwned<Ref>(*ref);
}

/// A property that is a text; "" if there is none.
std::string get_text(AudioObjectID object, AudioObjectPropertyAddress address);

template <typename T>
OSStatus set(AudioObjectID object, AudioObjectPropertyAddress address, const T& value) {
    return AudioObjectSetPropertyData(object, &address, 0, nullptr, sizeof(T), &value);
}

/// Calls `proc` while it lives when a property changes, on a thread of the HAL: do little there.
///
/// A call may still be under way when the listener goes; `data` outlives it.
class Listener {
  public:
    Listener(AudioObjectID object, AudioObjectPropertyAddress address, AudioObjectPropertyListenerProc proc,
             void* data);
    Listener(Listener&& other) noexcept;
    Listener& operator=(Listener&&) = delete;
    ~Listener();

  private:
    AudioObjectID object_;
    AudioObjectPropertyAddress address_;
    AudioObjectPropertyListenerProc proc_;
    void* data_;
};

}  // namespace gecko::platform::coreaudio
