#include "driver/cf.hpp"
#include "driver/property_readers.hpp"
#include "driver/version.hpp"
#include "shm/attach.hpp"

namespace gecko::driver {

CFStringRef copy_name(const Request&) noexcept {
    return create_string(shm::kDeviceName);
}

CFStringRef copy_device_uid(const Request&) noexcept {
    return create_string(shm::kDeviceUid);
}

CFStringRef copy_model_uid(const Request&) noexcept {
    return create_string("GeckoSink_ModelUID");
}

CFStringRef copy_version(const Request&) noexcept {
    return create_string(kVersion);
}

CFStringRef copy_serial_number(const Request&) noexcept {
    return create_string("1");  // there is one of the kind
}

CFStringRef copy_configuration_application(const Request&) noexcept {
    return create_string(shm::kAppBundleId);
}

UInt32 can_be_default(const Request& request) noexcept {
    return request.scope == kAudioObjectPropertyScopeOutput ? 1 : 0;
}

UInt32 is_running(const Request& request) noexcept {
    return request.device.running() ? 1 : 0;
}

void put_streams(const Request& request, Reply& reply) noexcept {
    if (request.scope != kAudioObjectPropertyScopeInput) reply.put(kStreamId);
}

void put_controls(const Request& request, Reply& reply) noexcept {
    if (request.scope == kAudioObjectPropertyScopeInput) return;
    reply.put(kVolumeId);
    reply.put(kMuteId);
}

Float64 nominal_rate(const Request& request) noexcept {
    return static_cast<Float64>(request.device.rate());
}

OSStatus set_nominal_rate(const Request& request, const Float64& hz) noexcept {
    return request.device.request_rate(hz);
}

void put_nominal_rates(const Request&, Reply& reply) noexcept {
    for (const std::uint32_t rate : kRates) {
        const auto hz = static_cast<Float64>(rate);
        reply.put(AudioValueRange{.mMinimum = hz, .mMaximum = hz});
    }
}

std::array<UInt32, 2> stereo_channels(const Request&) noexcept {
    return {1, 2};
}

StereoLayout channel_layout(const Request&) noexcept {
    return {.tag = kAudioChannelLayoutTag_UseChannelDescriptions,
            .bitmap = 0,
            .count = kChannels,
            .channels = {{{kAudioChannelLabel_Left, kAudioChannelFlags_AllOff, {0, 0, 0}},
                          {kAudioChannelLabel_Right, kAudioChannelFlags_AllOff, {0, 0, 0}}}}};
}

void put_custom_properties(const Request&, Reply& reply) noexcept {
    for (const std::uint32_t selector : {shm::kAttachProperty, shm::kStateProperty, shm::kLatencyProperty}) {
        reply.put(AudioServerPlugInCustomPropertyInfo{
            .mSelector = selector,
            .mPropertyDataType = kAudioServerPlugInCustomPropertyDataTypeCFPropertyList,
            .mQualifierDataType = kAudioServerPlugInCustomPropertyDataTypeNone});
    }
}

CFPropertyListRef copy_attachment(const Request& request) noexcept {
    return request.device.copy_attachment();
}

OSStatus set_attachment(const Request& request, const CFPropertyListRef& value) noexcept {
    return request.device.set_attachment(value, request.client);
}

CFPropertyListRef copy_state(const Request& request) noexcept {
    return request.device.copy_state();
}

UInt32 latency(const Request& request) noexcept {
    return request.scope == kAudioObjectPropertyScopeOutput ? request.device.latency() : 0;
}

CFPropertyListRef copy_latency(const Request& request) noexcept {
    return request.device.copy_latency();
}

OSStatus set_latency(const Request& request, const CFPropertyListRef& value) noexcept {
    return request.device.set_latency(value, request.client);
}

}  // namespace gecko::driver
