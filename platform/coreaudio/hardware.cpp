#include "platform/coreaudio/hardware.hpp"

#include <algorithm>
#include <cstddef>

#include "platform/coreaudio/hal.hpp"
#include "platform/transport.hpp"
#include "platform/virtual_devices.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kOutput = kAudioObjectPropertyScopeOutput;

std::unexpected<PlatformError> failed(PlatformError::Kind kind, std::string cause = {}) {
    return std::unexpected(PlatformError{.kind = kind, .cause = std::move(cause)});
}

std::uint32_t count_of(AudioObjectID device, AudioObjectPropertySelector selector) {
    return get<UInt32>(device, address_of(selector, kOutput)).value_or(0);
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

}  // namespace

std::uint32_t output_channels(AudioObjectID device) {
    return channels(device, kOutput);
}

std::uint32_t input_channels(AudioObjectID device) {
    return channels(device, kAudioObjectPropertyScopeInput);
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

bool set_default_output(AudioObjectID device) {
    return set(kAudioObjectSystemObject, address_of(kAudioHardwarePropertyDefaultOutputDevice), device) ==
           kAudioHardwareNoError;
}

bool is_alive(AudioObjectID device) {
    return get<UInt32>(device, address_of(kAudioDevicePropertyDeviceIsAlive)).value_or(0) != 0;
}

bool can_be_default(AudioObjectID device) {
    const auto can = get<UInt32>(
        device, address_of(kAudioDevicePropertyDeviceCanBeDefaultDevice, kAudioObjectPropertyScopeOutput));
    return can.value_or(1) != 0 &&
           get<UInt32>(device, address_of(kAudioDevicePropertyIsHidden)).value_or(0) == 0;
}

std::array<UInt32, 2> stereo_channels(AudioObjectID device) {
    constexpr std::array<UInt32, 2> kFirst{1, 2};
    const auto told = get<std::array<UInt32, 2>>(
        device, address_of(kAudioDevicePropertyPreferredChannelsForStereo, kAudioObjectPropertyScopeOutput));
    if (!told) return kFirst;
    const std::uint32_t channels = output_channels(device);
    const bool there = std::ranges::all_of(*told, [&](UInt32 c) { return c >= 1 && c <= channels; });
    return there ? *told : kFirst;
}

UInt32 transport_type(AudioObjectID device) {
    return get<UInt32>(device, address_of(kAudioDevicePropertyTransportType)).value_or(0);
}

bool contains(AudioObjectID device, const std::string& uid) {
    const auto list = get_cf<CFArrayRef>(device, address_of(kAudioAggregateDevicePropertyFullSubDeviceList));
    if (!list || list->get() == nullptr || CFGetTypeID(list->get()) != CFArrayGetTypeID()) return false;
    for (CFIndex i = 0; i < CFArrayGetCount(list->get()); ++i) {
        if (to_string(CFArrayGetValueAtIndex(list->get(), i)) == uid) return true;
    }
    return false;
}

std::uint32_t output_latency(AudioObjectID device) {
    return count_of(device, kAudioDevicePropertyLatency);
}

std::uint32_t presentation_latency(AudioObjectID device) {
    const auto streams = get_list<AudioObjectID>(device, address_of(kAudioDevicePropertyStreams, kOutput));
    std::uint32_t frames = output_latency(device);
    if (streams && !streams->empty()) {
        frames += get<UInt32>(streams->front(), address_of(kAudioStreamPropertyLatency)).value_or(0);
    }
    return frames;
}

std::uint32_t buffer_frames(AudioObjectID device) {
    return get<UInt32>(device, address_of(kAudioDevicePropertyBufferFrameSize)).value_or(0);
}

std::uint32_t safety_offset(AudioObjectID device) {
    return count_of(device, kAudioDevicePropertySafetyOffset);
}

std::uint32_t input_safety_offset(AudioObjectID device) {
    return get<UInt32>(device, address_of(kAudioDevicePropertySafetyOffset, kAudioObjectPropertyScopeInput))
        .value_or(0);
}

std::expected<std::vector<Device>, PlatformError> list_devices() {
    const auto ids = all_devices();
    if (!ids) return std::unexpected(ids.error());
    const AudioObjectID preferred = default_output();
    std::vector<Device> devices;
    for (const AudioObjectID id : *ids) {
        Device device;
        device.uid = device_uid(id);
        device.name = device_name(id);
        device.transport = transport_words(four_characters(transport_type(id)));
        device.rate_hz = nominal_rate(id);
        device.output_channels = output_channels(id);
        device.input_channels = input_channels(id);
        device.is_gecko_sink = device.uid == shm::kDeviceUid;
        device.is_default_output = id == preferred;
        device.contains_sink = contains(id, shm::kDeviceUid);
        const std::string manufacturer = device_manufacturer(id);
        if (const VirtualDevice* known = recognise_virtual_device(device.uid, manufacturer))
            device.product = known->product;
        device.can_be_source = can_be_source(device.uid, manufacturer, device.input_channels);
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

std::string device_uid(AudioObjectID device) {
    return get_text(device, address_of(kAudioDevicePropertyDeviceUID));
}

std::string device_manufacturer(AudioObjectID device) {
    return get_text(device, address_of(kAudioObjectPropertyManufacturer));
}

std::string device_name(AudioObjectID device) {
    return get_text(device, address_of(kAudioObjectPropertyName));
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

bool request_rate(AudioObjectID device, double rate_hz) {
    return supports_rate(device, rate_hz) && set(device, address_of(kAudioDevicePropertyNominalSampleRate),
                                                 Float64{rate_hz}) == kAudioHardwareNoError;
}

}  // namespace gecko::platform::coreaudio
