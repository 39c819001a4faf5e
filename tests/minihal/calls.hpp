// The functions of CoreAudio in the types of C++.
#pragma once

#include <CoreAudio/CoreAudio.h>
#include <CoreFoundation/CoreFoundation.h>

#include <optional>
#include <string>
#include <vector>

namespace minihal_test {

inline constexpr const char* kSpeakersUid = "SimulatedSpeakers_UID";

constexpr AudioObjectPropertyAddress at(AudioObjectPropertySelector selector,
                                        AudioObjectPropertyScope scope = kAudioObjectPropertyScopeGlobal) {
    return {selector, scope, kAudioObjectPropertyElementMain};
}

template <typename T>
std::optional<T> get(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    T value{};
    UInt32 size = sizeof value;
    if (AudioObjectGetPropertyData(object, &address, 0, nullptr, &size, &value) != 0) return std::nullopt;
    return size == sizeof value ? std::optional(value) : std::nullopt;
}

template <typename T>
std::vector<T> get_list(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    UInt32 size = 0;
    if (AudioObjectGetPropertyDataSize(object, &address, 0, nullptr, &size) != 0) return {};
    std::vector<T> list(size / sizeof(T));
    if (AudioObjectGetPropertyData(object, &address, 0, nullptr, &size, list.data()) != 0) return {};
    list.resize(size / sizeof(T));
    return list;
}

inline std::string text(CFTypeRef owned) {
    char buffer[1024] = "";
    if (owned == nullptr) return "";
    CFStringGetCString(static_cast<CFStringRef>(owned), buffer, sizeof buffer, kCFStringEncodingUTF8);
    CFRelease(owned);
    return buffer;
}

inline std::string get_text(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    return text(get<CFTypeRef>(object, address).value_or(nullptr));
}

template <typename T>
OSStatus set(AudioObjectID object, const AudioObjectPropertyAddress& address, const T& value) {
    return AudioObjectSetPropertyData(object, &address, 0, nullptr, sizeof value, &value);
}

inline AudioObjectID device_with_uid(const std::string& uid) {
    const CFStringRef string = CFStringCreateWithCString(nullptr, uid.c_str(), kCFStringEncodingUTF8);
    const auto address = at(kAudioHardwarePropertyTranslateUIDToDevice);
    AudioObjectID device = kAudioObjectUnknown;
    UInt32 size = sizeof device;
    AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, sizeof string, &string, &size, &device);
    CFRelease(string);
    return device;
}

}  // namespace minihal_test
