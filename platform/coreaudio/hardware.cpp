#include "platform/coreaudio/hardware.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <thread>

#include "platform/coreaudio/hal.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kOutput = kAudioObjectPropertyScopeOutput;

std::unexpected<PlatformError> failed(PlatformError::Kind kind, std::string cause = {}) {
    return std::unexpected(PlatformError{.kind = kind, .cause = std::move(cause)});
}

std::string string_property(AudioObjectID object, AudioObjectPropertySelector selector) {
    const auto text = get_cf<CFStringRef>(object, address_of(selector));
    return text ? to_string(text->get()) : std::string();
}

std::uint32_t output_channels(AudioObjectID device) {
    const auto bytes =
        get_list<std::byte>(device, address_of(kAudioDevicePropertyStreamConfiguration, kOutput));
    if (!bytes || bytes->size() < sizeof(UInt32)) return 0;
    const auto* list = reinterpret_cast<const AudioBufferList*>(bytes->data());
    std::uint32_t channels = 0;
    for (UInt32 i = 0; i < list->mNumberBuffers; ++i) {
        if (offsetof(AudioBufferList, mBuffers) + (i + 1) * sizeof(AudioBuffer) > bytes->size()) break;
        channels += list->mBuffers[i].mNumberChannels;
    }
    return channels;
}

std::expected<std::vector<AudioObjectID>, PlatformError> all_devices() {
    auto ids = get_list<AudioObjectID>(kAudioObjectSystemObject, address_of(kAudioHardwarePropertyDevices));
    if (!ids) return failed(PlatformError::Kind::server_not_running);
    return *std::move(ids);
}

AudioObjectID default_output() {
    return get<AudioObjectID>(kAudioObjectSystemObject, address_of(kAudioHardwarePropertyDefaultOutputDevice))
        .value_or(kAudioObjectUnknown);
}

}  // namespace

std::expected<std::vector<Device>, PlatformError> list_devices() {
    const auto ids = all_devices();
    if (!ids) return std::unexpected(ids.error());
    const AudioObjectID preferred = default_output();
    std::vector<Device> devices;
    for (const AudioObjectID id : *ids) {
        Device device{.uid = string_property(id, kAudioDevicePropertyDeviceUID),
                      .name = device_name(id),
                      .rate_hz = nominal_rate(id),
                      .output_channels = output_channels(id)};
        device.is_gecko_sink = device.uid == shm::kDeviceUid;
        device.is_default_output = id == preferred;
        if (device.output_channels > 0) devices.push_back(std::move(device));
    }
    return devices;
}

std::expected<AudioObjectID, PlatformError> device_with_uid(const char* uid) {
    const auto text = to_cf(uid);
    const CFStringRef qualifier = text.get();
    auto address = address_of(kAudioHardwarePropertyTranslateUIDToDevice);
    AudioObjectID device = kAudioObjectUnknown;
    UInt32 bytes = sizeof(device);
    const OSStatus status = AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, sizeof(qualifier),
                                                       &qualifier, &bytes, &device);
    if (status != kAudioHardwareNoError) return failed(PlatformError::Kind::server_not_running);
    return device;
}

std::expected<AudioObjectID, PlatformError> choose_output(AudioObjectID sink) {
    const AudioObjectID preferred = default_output();
    if (preferred != kAudioObjectUnknown && preferred != sink) return preferred;
    const auto ids = all_devices();
    if (!ids) return std::unexpected(ids.error());
    const auto other =
        std::ranges::find_if(*ids, [&](AudioObjectID id) { return id != sink && output_channels(id) > 0; });
    if (other == ids->end()) return failed(PlatformError::Kind::no_output);
    return *other;
}

std::string device_name(AudioObjectID device) {
    return string_property(device, kAudioObjectPropertyName);
}

double nominal_rate(AudioObjectID device) {
    return get<Float64>(device, address_of(kAudioDevicePropertyNominalSampleRate)).value_or(0.0);
}

bool supports_rate(AudioObjectID device, double rate_hz) {
    const auto ranges =
        get_list<AudioValueRange>(device, address_of(kAudioDevicePropertyAvailableNominalSampleRates));
    return ranges && std::ranges::any_of(*ranges, [&](const AudioValueRange& range) {
               return range.mMinimum <= rate_hz && rate_hz <= range.mMaximum;
           });
}

bool change_rate(AudioObjectID device, double rate_hz) {
    if (!supports_rate(device, rate_hz)) return false;
    if (set(device, address_of(kAudioDevicePropertyNominalSampleRate), Float64{rate_hz}) !=
        kAudioHardwareNoError) {
        return false;
    }
    // The set is a request; the host stops IO first. Its notification may come before or after this thread looks, so it looks.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (nominal_rate(device) != rate_hz) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace gecko::platform::coreaudio
