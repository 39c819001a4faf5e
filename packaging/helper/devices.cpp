#include "packaging/helper/devices.hpp"

#include <CoreAudio/CoreAudio.h>
#include <CoreFoundation/CoreFoundation.h>

#include <vector>

#include "packaging/helper/cf_ref.hpp"

namespace gecko::packaging {
namespace {

constexpr AudioObjectPropertyAddress address_of(AudioObjectPropertySelector selector) {
    return {selector, kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyElementMain};
}

std::optional<std::string> text_property(AudioObjectID object, AudioObjectPropertySelector selector) {
    const auto address = address_of(selector);
    CFStringRef text = nullptr;
    UInt32 bytes = sizeof text;
    if (AudioObjectGetPropertyData(object, &address, 0, nullptr, &bytes, &text) != kAudioHardwareNoError)
        return std::nullopt;
    return text_of(CFRef(text).get());
}

/// kAudioObjectUnknown if there is none; nothing if no audio server answers.
std::optional<AudioObjectID> find_device(const std::string& uid) {
    const auto address = address_of(kAudioHardwarePropertyDevices);
    UInt32 bytes = 0;
    if (AudioObjectGetPropertyDataSize(kAudioObjectSystemObject, &address, 0, nullptr, &bytes) !=
        kAudioHardwareNoError)
        return std::nullopt;
    std::vector<AudioObjectID> devices(bytes / sizeof(AudioObjectID));
    bytes = static_cast<UInt32>(devices.size() * sizeof(AudioObjectID));
    if (AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, &bytes, devices.data()) !=
        kAudioHardwareNoError)
        return std::nullopt;
    devices.resize(bytes / sizeof(AudioObjectID));
    for (const AudioObjectID device : devices) {
        if (text_property(device, kAudioDevicePropertyDeviceUID) == uid) return device;
    }
    return AudioObjectID{kAudioObjectUnknown};
}

AudioObjectID device_with_uid(const std::string& uid) {
    return find_device(uid).value_or(kAudioObjectUnknown);
}

}  // namespace

std::optional<std::string> version_of_device(const char* uid) {
    const AudioObjectID device = device_with_uid(uid);
    if (device == kAudioObjectUnknown) return std::nullopt;
    return text_property(device, kAudioObjectPropertyFirmwareVersion).value_or("");
}

bool device_is_there(const char* uid, const std::string& version) {
    const auto found = version_of_device(uid);
    return found && (version.empty() || *found == version);
}

bool device_is_gone(const char* uid) {
    return find_device(uid) == AudioObjectID{kAudioObjectUnknown};
}

GivenBack give_default_back(const char* sink, const std::string& former) {
    const auto address = address_of(kAudioHardwarePropertyDefaultOutputDevice);
    AudioObjectID current = kAudioObjectUnknown;
    UInt32 bytes = sizeof current;
    if (AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, &bytes, &current) !=
        kAudioHardwareNoError)
        return GivenBack::refused;
    if (text_property(current, kAudioDevicePropertyDeviceUID) != sink) return GivenBack::not_taken;
    const AudioObjectID device = device_with_uid(former);
    if (device == kAudioObjectUnknown || former == sink) return GivenBack::not_there;
    return AudioObjectSetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, sizeof device,
                                      &device) == kAudioHardwareNoError
               ? GivenBack::done
               : GivenBack::refused;
}

}  // namespace gecko::packaging
