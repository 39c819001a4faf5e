// The property 'simu': what a user does to the hardware.
#include <fmt/format.h>

#include <cstdio>

#include "minihal/hardware/hardware.hpp"
#include "minihal/hardware/simulated_hardware.hpp"

namespace minihal::hardware {

namespace {

OSStatus plug(Hardware& hardware, CFTypeRef dictionary) {
    auto options = device_options(dictionary);
    if (!options) {
        fmt::print(stderr, "minihald: a device is not plugged in: {}\n", options.error());
        return kAudioHardwareIllegalOperationError;
    }
    return hardware.plug(std::move(*options));
}

// What is done to a device that is there.
OSStatus unplug(Hardware& hardware, SimulatedDevice& device, CFTypeRef) {
    hardware.unplug(device);
    return kAudioHardwareNoError;
}

OSStatus die(Hardware& hardware, SimulatedDevice& device, CFTypeRef) {
    (void)device.stick();
    device.die();
    hardware.changed(device.id(Object::kDevice), {kAudioDevicePropertyDeviceIsAlive});
    return kAudioHardwareNoError;
}

OSStatus rate(Hardware& hardware, SimulatedDevice& device, CFTypeRef dictionary) {
    Float64 rate = 0;
    if (!plist::read(dictionary, "rate", rate)) return kAudioHardwareIllegalOperationError;
    return hardware.request_rate(device, rate);
}

OSStatus volume(Hardware& hardware, SimulatedDevice& device, CFTypeRef dictionary) {
    if (!device.has(Object::kVolume) && !device.has(Object::kMute))
        return kAudioHardwareUnsupportedOperationError;
    Float64 volume = 0;
    for (const auto control : {Object::kVolume, Object::kRightVolume}) {
        if (device.has(control) && plist::read(dictionary, "volume", volume))
            hardware.set_volume(device, control, volume);
    }
    bool muted = false;
    if (plist::read(dictionary, "mute", muted)) hardware.set_muted(device, muted);
    return kAudioHardwareNoError;
}

OSStatus stick(Hardware&, SimulatedDevice& device, CFTypeRef) {
    return device.stick() ? OSStatus{kAudioHardwareNoError} : OSStatus{kAudioHardwareNotRunningError};
}

OSStatus busy(Hardware&, SimulatedDevice& device, CFTypeRef dictionary) {
    int32_t status = kAudioHardwareNotReadyError;
    uint32_t times = 1;
    plist::read(dictionary, "status", status);
    plist::read(dictionary, "times", times);
    device.fail_starts(status, times);
    return kAudioHardwareNoError;
}

struct Command {
    const char* name;
    OSStatus (*perform)(Hardware&, SimulatedDevice&, CFTypeRef);
};
constexpr Command kCommands[] = {
    {"unplug", unplug}, {"die", die}, {"rate", rate}, {"volume", volume}, {"stick", stick}, {"busy", busy},
};

}  // namespace

OSStatus Hardware::command(CFTypeRef dictionary) {
    std::string name;
    std::string uid;
    if (!plist::read(dictionary, "do", name) || !plist::read(dictionary, "uid", uid))
        return kAudioHardwareIllegalOperationError;
    if (name == "plug") return hardware::plug(*this, dictionary);
    for (const auto& command : kCommands) {
        if (name != command.name) continue;
        const auto device = with_uid(uid);
        return device ? command.perform(*this, *device, dictionary) : OSStatus{kAudioHardwareBadDeviceError};
    }
    return kAudioHardwareIllegalOperationError;
}

plist::CfRef Hardware::state() const {
    std::vector<plist::CfRef> states;
    for (const auto& device : present()) states.push_back(device->state().take());
    return plist::write(states);
}

}  // namespace minihal::hardware
