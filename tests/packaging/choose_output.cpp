// packaging_choose_output [UID]: makes a device the default output, as a person does in System Settings; says which one is.
#include <CoreAudio/CoreAudio.h>
#include <CoreFoundation/CoreFoundation.h>

#include <array>
#include <cstdio>
#include <string>

namespace {

constexpr AudioObjectPropertyAddress address_of(AudioObjectPropertySelector selector) {
    return {selector, kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyElementMain};
}

std::string uid_of(AudioObjectID device) {
    const auto address = address_of(kAudioDevicePropertyDeviceUID);
    CFStringRef text = nullptr;
    UInt32 bytes = sizeof text;
    std::array<char, 256> uid{};
    if (AudioObjectGetPropertyData(device, &address, 0, nullptr, &bytes, &text) == kAudioHardwareNoError) {
        CFStringGetCString(text, uid.data(), uid.size(), kCFStringEncodingUTF8);
        CFRelease(text);
    }
    return uid.data();
}

bool choose(const std::string& uid) {
    const auto all = address_of(kAudioHardwarePropertyDevices);
    std::array<AudioObjectID, 64> devices{};
    UInt32 bytes = sizeof devices;
    if (AudioObjectGetPropertyData(kAudioObjectSystemObject, &all, 0, nullptr, &bytes, devices.data()) !=
        kAudioHardwareNoError)
        return false;
    const auto chosen = address_of(kAudioHardwarePropertyDefaultOutputDevice);
    for (UInt32 i = 0; i < bytes / sizeof(AudioObjectID); ++i) {
        if (uid_of(devices[i]) == uid) {
            return AudioObjectSetPropertyData(kAudioObjectSystemObject, &chosen, 0, nullptr,
                                              sizeof devices[i], &devices[i]) == kAudioHardwareNoError;
        }
    }
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && !choose(argv[1])) return 1;
    const auto address = address_of(kAudioHardwarePropertyDefaultOutputDevice);
    AudioObjectID device = kAudioObjectUnknown;
    UInt32 bytes = sizeof device;
    if (AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, &bytes, &device) !=
        kAudioHardwareNoError)
        return 1;
    std::puts(uid_of(device).c_str());
    return 0;
}
