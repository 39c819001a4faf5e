#include "platform/inspection.hpp"

#include <cstddef>

#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "shm/attach.hpp"

namespace gecko::platform {
namespace {

using namespace coreaudio;

std::string text_property(AudioObjectID object, AudioObjectPropertySelector selector) {
    const auto text = get_cf<CFStringRef>(object, address_of(selector));
    return text ? to_string(text->get()) : std::string();
}

std::uint32_t channels(AudioObjectID device, AudioObjectPropertyScope scope) {
    const auto bytes =
        get_list<std::byte>(device, address_of(kAudioDevicePropertyStreamConfiguration, scope));
    if (!bytes || bytes->size() < sizeof(UInt32)) return 0;
    const auto* list = reinterpret_cast<const AudioBufferList*>(bytes->data());
    std::uint32_t sum = 0;
    for (UInt32 i = 0; i < list->mNumberBuffers; ++i) {
        if (offsetof(AudioBufferList, mBuffers) + (i + 1) * sizeof(AudioBuffer) > bytes->size()) break;
        sum += list->mBuffers[i].mNumberChannels;
    }
    return sum;
}

std::string four_characters(UInt32 code) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        const auto character = static_cast<unsigned char>(code >> static_cast<unsigned>(shift) & 0xFFU);
        text += character >= 0x20 && character < 0x7F ? static_cast<char>(character) : '?';
    }
    return text;
}

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
    const auto ids =
        get_list<AudioObjectID>(kAudioObjectSystemObject, address_of(kAudioHardwarePropertyDevices));
    if (!ids)
        return std::unexpected(PlatformError{.kind = PlatformError::Kind::server_not_running, .cause = {}});
    const auto preferred =
        get<AudioObjectID>(kAudioObjectSystemObject, address_of(kAudioHardwarePropertyDefaultOutputDevice));
    Inspection found;
    for (const AudioObjectID id : *ids) {
        found.devices.push_back(
            {.uid = text_property(id, kAudioDevicePropertyDeviceUID),
             .name = device_name(id),
             .manufacturer = text_property(id, kAudioObjectPropertyManufacturer),
             .transport =
                 four_characters(get<UInt32>(id, address_of(kAudioDevicePropertyTransportType)).value_or(0)),
             .rate_hz = nominal_rate(id),
             .outputs = channels(id, kAudioObjectPropertyScopeOutput),
             .inputs = channels(id, kAudioObjectPropertyScopeInput),
             .hidden = get<UInt32>(id, address_of(kAudioDevicePropertyIsHidden)).value_or(0) != 0,
             .is_default_output = preferred && id == *preferred,
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
