#include "minihal/host/default_devices.hpp"

#include <algorithm>

#include "minihal/wire/cf_value.hpp"

namespace minihal {

namespace {
constexpr const char* kStorage = "minihal.defaults";
}

// What makes a device eligible, and where the choice is.
struct DefaultDevices::Role {
    AudioObjectPropertySelector selector;
    AudioObjectID Registry::* device;
    AudioObjectPropertySelector eligible;
    AudioObjectPropertyScope scope;
    const char* key;
};

std::span<const DefaultDevices::Role> DefaultDevices::roles() {
    static constexpr Role kRoles[] = {
        {kAudioHardwarePropertyDefaultOutputDevice, &Registry::default_output,
         kAudioDevicePropertyDeviceCanBeDefaultDevice, kAudioObjectPropertyScopeOutput, "default output"},
        {kAudioHardwarePropertyDefaultSystemOutputDevice, &Registry::default_system_output,
         kAudioDevicePropertyDeviceCanBeDefaultSystemDevice, kAudioObjectPropertyScopeOutput,
         "default system output"},
        {kAudioHardwarePropertyDefaultInputDevice, &Registry::default_input,
         kAudioDevicePropertyDeviceCanBeDefaultDevice, kAudioObjectPropertyScopeInput, "default input"},
    };
    return kRoles;
}

DefaultDevices::DefaultDevices(Registry& registry, const std::string& run_directory)
    : registry_(registry), storage_(run_directory, kStorage) {}

void DefaultDevices::forget(const std::string& run_directory) {
    Storage storage(run_directory, kStorage);
    for (const auto& role : roles())
        storage.write(static_cast<CFStringRef>(wire::string_of(role.key).get()), nullptr);
}

const DefaultDevices::Role* DefaultDevices::role(AudioObjectPropertySelector selector) {
    for (const auto& role : roles()) {
        if (role.selector == selector) return &role;
    }
    return nullptr;
}

bool DefaultDevices::is_one(AudioObjectPropertySelector selector) {
    return role(selector) != nullptr;
}

AudioObjectID DefaultDevices::get(AudioObjectPropertySelector selector) const {
    const auto* const found = role(selector);
    return found != nullptr ? registry_.*found->device : AudioObjectID{kAudioObjectUnknown};
}

OSStatus DefaultDevices::set(AudioObjectPropertySelector selector, AudioObjectID id, bool& changed) {
    const auto* const found = role(selector);
    if (found == nullptr) return kAudioHardwareUnknownPropertyError;
    const auto* const device = registry_.device(id);
    if (device == nullptr) return kAudioHardwareBadDeviceError;
    if (!eligible(*device, *found)) return kAudioHardwareIllegalOperationError;
    changed = std::exchange(registry_.*found->device, id) != id;
    choose(*found, *device);
    return kAudioHardwareNoError;
}

std::vector<AudioObjectPropertySelector> DefaultDevices::review() {
    std::vector<AudioObjectPropertySelector> changed;
    for (const auto& role : roles()) {
        auto& current = registry_.*role.device;
        const auto before = current;
        const auto uid = chosen(role);
        const auto* const wanted = uid.empty() ? nullptr : registry_.device(registry_.device_with_uid(uid));
        if (wanted != nullptr && eligible(*wanted, role)) {
            current = wanted->id;
        } else if (registry_.device(current) == nullptr) {
            current = successor(role);
        }
        if (current != before) changed.push_back(role.selector);
    }
    return changed;
}

void DefaultDevices::take(AudioObjectID id) {
    const auto* const device = registry_.device(id);
    for (const auto& role : roles()) {
        if (device != nullptr && eligible(*device, role)) choose(role, *device);
    }
}

bool DefaultDevices::eligible(const Device& device, const Role& role) const {
    const auto& plug_in = registry_.plug_in_of(device);
    // Plug-ins say so of a side that has no streams, too.
    return plug_in.get<UInt32>(device.local.id, address_of(role.eligible, role.scope)).value_or(0) != 0 &&
           !plug_in
                .get_list<AudioObjectID>(device.local.id, address_of(kAudioDevicePropertyStreams, role.scope))
                .empty();
}

// Built-in, then whatever else is hardware, then the rest; in each the one that is there longest.
AudioObjectID DefaultDevices::successor(const Role& role) const {
    const auto rank = [&](const Device& device) {
        switch (registry_.plug_in_of(device)
                    .get<UInt32>(device.local.id, address_of(kAudioDevicePropertyTransportType))
                    .value_or(kAudioDeviceTransportTypeUnknown)) {
            case kAudioDeviceTransportTypeBuiltIn:
                return 0;
            case kAudioDeviceTransportTypeVirtual:
            case kAudioDeviceTransportTypeAggregate:
            case kAudioDeviceTransportTypeUnknown:
                return 2;
            default:
                return 1;
        }
    };
    const Device* best = nullptr;
    for (const auto& [id, device] : registry_.devices) {
        if (device.hidden || !eligible(device, role)) continue;
        if (best == nullptr || rank(device) < rank(*best)) best = &device;
    }
    return best != nullptr ? best->id : AudioObjectID{kAudioObjectUnknown};
}

std::string DefaultDevices::chosen(const Role& role) {
    const wire::CfRef uid(storage_.copy(static_cast<CFStringRef>(wire::string_of(role.key).get())));
    return wire::text_of(uid.get()).value_or("");
}

void DefaultDevices::choose(const Role& role, const Device& device) {
    storage_.write(static_cast<CFStringRef>(wire::string_of(role.key).get()),
                   wire::string_of(device.uid).get());
}

}  // namespace minihal
