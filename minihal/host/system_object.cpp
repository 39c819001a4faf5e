#include "minihal/host/system_object.hpp"

#include <cstring>

#include "minihal/wire/cf_value.hpp"

namespace minihal::system_object {

namespace {

using Bytes = std::vector<uint8_t>;
using Value = std::expected<Bytes, OSStatus>;

Bytes bytes_of(std::span<const UInt32> values) {
    Bytes bytes(values.size_bytes());
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}
Bytes bytes_of(UInt32 value) {
    return bytes_of(std::span(&value, 1));
}

std::optional<std::string> text(std::span<const uint8_t> qualifier) {
    const auto string = wire::decode_cf(wire::ValueKind::kString, qualifier);
    return string ? wire::text_of(string->get()) : std::nullopt;
}

template <UInt32 kValue>
Value constant(Registry&, std::span<const uint8_t>) {
    return bytes_of(kValue);
}

Value name(Registry&, std::span<const uint8_t>) {
    return wire::encode_cf(wire::ValueKind::kString, CFSTR("minihal")).value_or(Bytes{});
}

// Hidden devices are found by their UIDs alone.
Value devices(Registry& registry, std::span<const uint8_t>) {
    std::vector<UInt32> ids;
    for (const auto& [id, device] : registry.devices) {
        if (!device.hidden) ids.push_back(id);
    }
    return bytes_of(ids);
}

Value plug_ins(Registry& registry, std::span<const uint8_t>) {
    std::vector<UInt32> ids;
    ids.reserve(registry.plug_ins.size());
    for (const auto& plug_in : registry.plug_ins) ids.push_back(registry.plug_in_object(*plug_in));
    return bytes_of(ids);
}

Value owned(Registry& registry, std::span<const uint8_t> qualifier) {
    auto all = plug_ins(registry, qualifier);
    const auto list = devices(registry, qualifier);
    all->insert(all->end(), list->begin(), list->end());
    return all;
}

Value device_for_uid(Registry& registry, std::span<const uint8_t> qualifier) {
    const auto uid = text(qualifier);
    if (!uid) return std::unexpected(kAudioHardwareBadPropertySizeError);
    return bytes_of(registry.device_with_uid(*uid));
}

Value plug_in_for_bundle(Registry& registry, std::span<const uint8_t> qualifier) {
    const auto bundle_id = text(qualifier);
    if (!bundle_id) return std::unexpected(kAudioHardwareBadPropertySizeError);
    for (const auto& plug_in : registry.plug_ins) {
        if (plug_in->bundle_id() == *bundle_id) return bytes_of(registry.plug_in_object(*plug_in));
    }
    return bytes_of(kAudioObjectUnknown);
}

Value no_run_loop(Registry&, std::span<const uint8_t>) {
    return Bytes(sizeof(CFTypeRef));
}

template <AudioObjectID Registry::* kDevice>
Value default_device(Registry& registry, std::span<const uint8_t>) {
    return bytes_of(registry.*kDevice);
}

struct Property {
    AudioObjectPropertySelector selector;
    Value (*get)(Registry&, std::span<const uint8_t>);
};

constexpr Property kProperties[] = {
    {kAudioObjectPropertyBaseClass, constant<kAudioObjectClassID>},
    {kAudioObjectPropertyClass, constant<kAudioSystemObjectClassID>},
    {kAudioObjectPropertyOwner, constant<kAudioObjectUnknown>},
    {kAudioObjectPropertyName, name},
    {kAudioObjectPropertyOwnedObjects, owned},
    {kAudioHardwarePropertyDevices, devices},
    {kAudioHardwarePropertyDefaultInputDevice, default_device<&Registry::default_input>},
    {kAudioHardwarePropertyDefaultOutputDevice, default_device<&Registry::default_output>},
    {kAudioHardwarePropertyDefaultSystemOutputDevice, default_device<&Registry::default_system_output>},
    {kAudioHardwarePropertyTranslateUIDToDevice, device_for_uid},
    {kAudioHardwarePropertyPlugInList, plug_ins},
    {kAudioHardwarePropertyTranslateBundleIDToPlugIn, plug_in_for_bundle},
    {kAudioHardwarePropertyServiceRestarted, constant<0>},
    {kAudioHardwarePropertyRunLoop, no_run_loop},
};

const Property* find(const AudioObjectPropertyAddress& address) {
    for (const auto& property : kProperties) {
        if (property.selector == address.mSelector) return &property;
    }
    return nullptr;
}

}  // namespace

bool has(const AudioObjectPropertyAddress& address) {
    return find(address) != nullptr;
}

std::expected<std::vector<uint8_t>, OSStatus> get(Registry& registry,
                                                  const AudioObjectPropertyAddress& address,
                                                  std::span<const uint8_t> qualifier) {
    const auto* const property = find(address);
    if (property == nullptr) return std::unexpected(kAudioHardwareUnknownPropertyError);
    return property->get(registry, qualifier);
}

}  // namespace minihal::system_object
