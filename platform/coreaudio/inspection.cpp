#include "platform/inspection.hpp"

#include <cstddef>

#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "shm/attach.hpp"

namespace gecko::platform {
namespace {

using namespace coreaudio;

/// The device's control of a class; unknown if it has none.
AudioObjectID control(AudioObjectID device, AudioClassID wanted) {
    const auto controls = get_list<AudioObjectID>(device, address_of(kAudioObjectPropertyControlList));
    if (!controls) return kAudioObjectUnknown;
    for (const AudioObjectID id : *controls)
        if (get<AudioClassID>(id, address_of(kAudioObjectPropertyClass)) == wanted) return id;
    return kAudioObjectUnknown;
}

void inspect_controls(AudioObjectID sink, Inspection& found) {
    const auto volume = get<Float32>(control(sink, kAudioVolumeControlClassID),
                                     address_of(kAudioLevelControlPropertyScalarValue));
    if (volume) found.sink_volume = static_cast<double>(*volume);
    const auto mute =
        get<UInt32>(control(sink, kAudioMuteControlClassID), address_of(kAudioBooleanControlPropertyValue));
    if (mute) found.sink_muted = *mute != 0;
}

void keep(CFTypeRef key, CFTypeRef value, Inspection& found) {
    auto& driver = found.driver;
    const CFTypeID type = CFGetTypeID(value);
    const std::string name = to_string(key);
    if (type == CFBooleanGetTypeID()) {
        driver[name] = CFBooleanGetValue(static_cast<CFBooleanRef>(value)) != 0;
    } else if (type == CFNumberGetTypeID()) {
        double number = 0;
        CFNumberGetValue(static_cast<CFNumberRef>(value), kCFNumberFloat64Type, &number);
        driver[name] = number;
    } else if (type == CFStringGetTypeID()) {
        driver[name] = to_string(value);
    }
}

void inspect_driver(AudioObjectID sink, Inspection& found) {
    const auto state = get_cf<CFDictionaryRef>(sink, address_of(shm::kStateProperty));
    if (!state || !*state || CFGetTypeID(state->get()) != CFDictionaryGetTypeID()) return;
    const auto count = static_cast<std::size_t>(CFDictionaryGetCount(state->get()));
    std::vector<const void*> keys(count);
    std::vector<const void*> values(count);
    CFDictionaryGetKeysAndValues(state->get(), keys.data(), values.data());
    for (std::size_t i = 0; i < count; ++i) keep(keys[i], values[i], found);
}

}  // namespace

std::expected<Inspection, PlatformError> inspect_audio() {
    const auto sink = device_with_uid(shm::kDeviceUid);
    if (!sink) return std::unexpected(sink.error());
    const auto ids = all_devices();
    if (!ids) return std::unexpected(ids.error());
    const AudioObjectID preferred = default_output();
    Inspection found;
    for (const AudioObjectID id : *ids) {
        found.devices.push_back(
            {.uid = device_uid(id),
             .name = device_name(id),
             .manufacturer = device_manufacturer(id),
             .transport = four_characters(transport_type(id)),
             .rate_hz = nominal_rate(id),
             .outputs = output_channels(id),
             .inputs = input_channels(id),
             .hidden = get<UInt32>(id, address_of(kAudioDevicePropertyIsHidden)).value_or(0) != 0,
             .is_default_output = id == preferred,
             .is_gecko_sink = id == *sink});
    }
    found.sink_known = *sink != kAudioObjectUnknown;
    if (found.sink_known) {
        inspect_controls(*sink, found);
        inspect_driver(*sink, found);
    }
    return found;
}

}  // namespace gecko::platform
