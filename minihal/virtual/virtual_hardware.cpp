// VirtualHal: the machine's devices, which outlast its servers.
#include <stdexcept>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/host/address.hpp"
#include "minihal/system/host_clock.hpp"
#include "minihal/system/ticks.hpp"
#include "minihal/virtual/virtual_hal_impl.hpp"
#include "minihal/wire/plist.hpp"

namespace minihal {

using wire::CfRef;
using wire::MessageType;
using wire::ValueKind;

OSStatus VirtualHal::Impl::hardware(CFDictionaryRef command) {
    if (server_) return hardware_property(MessageType::kSetPropertyData, command).status;
    hardware_commands_.emplace_back(CFRetain(command));
    return kAudioHardwareNoError;
}

// 'simu' of the hardware of the server that runs.
wire::Reply VirtualHal::Impl::hardware_property(MessageType type, CFTypeRef value) {
    const CfRef bundle = wire::string_of(kSimulatedHardwareBundle);
    const auto found = request(MessageType::kGetPropertyData,
                               {.object = kAudioObjectSystemObject,
                                .address = address_of(kAudioHardwarePropertyTranslateBundleIDToPlugIn),
                                .qualifier = *wire::encode_cf(ValueKind::kString, bundle.get()),
                                .size = sizeof(AudioObjectID),
                                .data = {}});
    wire::Reader reader(found.value);
    const auto plug_in = reader.get<AudioObjectID>();
    auto data = wire::encode_cf(ValueKind::kPropertyList, value);
    if (!data) return {.status = kAudioHardwareIllegalOperationError, .value = {}};
    return request(type, {.object = plug_in,
                          .address = address_of(kSimulatedHardwareProperty),
                          .qualifier = {},
                          .size = sizeof(CFTypeRef),
                          .data = std::move(*data)});
}

void VirtualHal::Impl::plug_in_hardware(CFArrayRef devices) {
    const auto done = set_simulated_devices(devices);
    if (!done) throw std::logic_error("devices that cannot be: " + done.error());
}

// Before the server goes, and its plug-in with it.
void VirtualHal::Impl::keep_hardware() {
    const auto state = hardware_property(MessageType::kGetPropertyData, nullptr);
    auto devices = wire::decode_cf(ValueKind::kPropertyList, state.value);
    if (state.status != 0 || !devices) throw std::logic_error("the simulated hardware has no state");
    devices_ = std::move(*devices);
    plug_in_hardware(static_cast<CFArrayRef>(devices_.get()));
}

// What happened to the hardware while there was no server. The one that begins now finds it so.
void VirtualHal::Impl::catch_up_hardware() {
    for (const auto& command : std::exchange(hardware_commands_, {})) {
        hardware_property(MessageType::kSetPropertyData, command.get());
    }
    server_->host.run_events();
    settle();
}

// A device's dictionary, or nothing.
CfRef VirtualHal::Impl::device_state(const std::string& uid) {
    CfRef all(devices_ ? CFRetain(devices_.get()) : nullptr);
    if (server_) {
        const auto state = hardware_property(MessageType::kGetPropertyData, nullptr);
        if (auto devices = wire::decode_cf(ValueKind::kPropertyList, state.value)) all = std::move(*devices);
    }
    std::vector<CFTypeRef> devices;
    if (!all || !plist::read(all.get(), devices)) return {};
    for (const auto* const device : devices) {
        std::string name;
        if (plist::read(device, "uid", name) && name == uid) return CfRef(CFRetain(device));
    }
    return {};
}

void VirtualHal::Impl::unplug_until(const Return& device) {
    const auto state = device_state(device.uid);
    if (!state) throw std::logic_error("there is no device " + device.uid + " to come back");
    const CfRef unplug = plist::Dictionary().add("do", std::string("unplug")).add("uid", device.uid).take();
    hardware(static_cast<CFDictionaryRef>(unplug.get()));
    auto* const plug = CFDictionaryCreateMutableCopy(nullptr, 0, static_cast<CFDictionaryRef>(state.get()));
    CFDictionarySetValue(plug, CFSTR("do"), CFSTR("plug"));
    // Shared, since what a std::function holds has to be copied.
    const auto command = std::make_shared<CfRef>(plug);
    const auto later = static_cast<uint64_t>(device.seconds * double{kTicksPerSecond});
    actions_.emplace(host_clock_now() + later,
                     [this, command] { hardware(static_cast<CFDictionaryRef>(command->get())); });
}

}  // namespace minihal
