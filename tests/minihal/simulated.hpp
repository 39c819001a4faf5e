// The simulated hardware as its users command it, through the client API.
#pragma once

#include <string>
#include <vector>

#include "minihal/hardware/device_options.hpp"
#include "minihal/hardware/simulated_hardware.hpp"
#include "tests/minihal/client_fixture.hpp"

namespace minihal_test {

inline AudioObjectID simulated_hardware() {
    const CFStringRef bundle =
        CFStringCreateWithCString(nullptr, minihal::kSimulatedHardwareBundle, kCFStringEncodingUTF8);
    const auto address = at(kAudioHardwarePropertyTranslateBundleIDToPlugIn);
    AudioObjectID plug_in = kAudioObjectUnknown;
    UInt32 size = sizeof plug_in;
    AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, sizeof bundle, &bundle, &size, &plug_in);
    CFRelease(bundle);
    return plug_in;
}

// {"do": name, "uid": uid}, to which more can be added.
inline minihal::plist::Dictionary command(const char* name, const std::string& uid) {
    minihal::plist::Dictionary dictionary;
    dictionary.add("do", std::string(name)).add("uid", uid);
    return dictionary;
}

inline OSStatus simulate(const minihal::plist::Dictionary& command) {
    return set(simulated_hardware(), at(minihal::kSimulatedHardwareProperty), command.get());
}

// The server's notifications come behind this.
inline OSStatus plug(const minihal::hardware::DeviceOptions& options) {
    auto dictionary = minihal::hardware::dictionary_of(options);
    dictionary.add("do", std::string("plug"));
    return simulate(dictionary);
}

// Plugged in and published; its object.
inline AudioObjectID plugged(const minihal::hardware::DeviceOptions& options) {
    EXPECT_EQ(plug(options), 0);
    EXPECT_TRUE(eventually([&] { return device_with_uid(options.uid) != kAudioObjectUnknown; }));
    return device_with_uid(options.uid);
}

inline minihal::hardware::DeviceOptions described(const std::string& name) {
    minihal::hardware::DeviceOptions options;
    options.uid = name + "_UID";
    options.name = name;
    options.rate = 48000;
    return options;
}

// One value of a device's state; the type's zero when there is none.
template <typename T>
T state_of(const std::string& uid, const char* key) {
    const minihal::plist::CfRef states(
        get<CFTypeRef>(simulated_hardware(), at(minihal::kSimulatedHardwareProperty)).value_or(nullptr));
    std::vector<CFTypeRef> devices;
    T value{};
    minihal::plist::read(states.get(), devices);
    for (const auto* const device : devices) {
        std::string own;
        if (minihal::plist::read(device, "uid", own) && own == uid) minihal::plist::read(device, key, value);
    }
    return value;
}

}  // namespace minihal_test
