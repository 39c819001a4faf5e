#pragma once

#include <array>

#include "driver/property_table.hpp"

/// What the rows of the property table read and write. Control threads. Readers of CF objects return a
/// reference that is the caller's.
namespace gecko::driver {

// All objects.
AudioClassID class_of(const Request& request) noexcept;
AudioClassID base_class_of(const Request& request) noexcept;
AudioObjectID owner_of(const Request& request) noexcept;
void put_owned_objects(const Request& request, Reply& reply) noexcept;
template <UInt32 Value>
UInt32 constant(const Request&) noexcept {
    return Value;
}

// The plug-in.
CFStringRef copy_manufacturer(const Request& request) noexcept;  // the device's too
CFStringRef copy_resource_bundle(const Request& request) noexcept;
void put_devices(const Request& request, Reply& reply) noexcept;
AudioObjectID device_of_uid(const Request& request) noexcept;

// The device.
struct StereoLayout {
    AudioChannelLayoutTag tag;
    AudioChannelBitmap bitmap;
    UInt32 count;
    std::array<AudioChannelDescription, kChannels> channels;
};
static_assert(sizeof(StereoLayout) == 52);

CFStringRef copy_name(const Request& request) noexcept;
CFStringRef copy_device_uid(const Request& request) noexcept;
CFStringRef copy_model_uid(const Request& request) noexcept;
CFStringRef copy_version(const Request& request) noexcept;
CFStringRef copy_serial_number(const Request& request) noexcept;
CFStringRef copy_configuration_application(const Request& request) noexcept;
UInt32 can_be_default(const Request& request) noexcept;
UInt32 is_running(const Request& request) noexcept;
void put_streams(const Request& request, Reply& reply) noexcept;
void put_controls(const Request& request, Reply& reply) noexcept;
Float64 nominal_rate(const Request& request) noexcept;
OSStatus set_nominal_rate(const Request& request, const Float64& hz) noexcept;
void put_nominal_rates(const Request& request, Reply& reply) noexcept;
std::array<UInt32, 2> stereo_channels(const Request& request) noexcept;
StereoLayout channel_layout(const Request& request) noexcept;
void put_custom_properties(const Request& request, Reply& reply) noexcept;
CFPropertyListRef copy_attachment(const Request& request) noexcept;
OSStatus set_attachment(const Request& request, const CFPropertyListRef& value) noexcept;
CFPropertyListRef copy_state(const Request& request) noexcept;
UInt32 latency(const Request& request) noexcept;
CFPropertyListRef copy_latency(const Request& request) noexcept;
OSStatus set_latency(const Request& request, const CFPropertyListRef& value) noexcept;

// The stream.
UInt32 is_active(const Request& request) noexcept;
OSStatus set_active(const Request& request, const UInt32& active) noexcept;
AudioStreamBasicDescription stream_format(const Request& request) noexcept;
OSStatus set_stream_format(const Request& request, const AudioStreamBasicDescription& format) noexcept;
void put_stream_formats(const Request& request, Reply& reply) noexcept;

// The controls.
Float32 volume_scalar(const Request& request) noexcept;
OSStatus set_volume_scalar(const Request& request, const Float32& scalar) noexcept;
Float32 volume_decibels(const Request& request) noexcept;
OSStatus set_volume_decibels(const Request& request, const Float32& decibels) noexcept;
AudioValueRange volume_range(const Request& request) noexcept;
Float32 scalar_to_decibels(const Request& request) noexcept;
Float32 decibels_to_scalar(const Request& request) noexcept;
UInt32 is_muted(const Request& request) noexcept;
OSStatus set_is_muted(const Request& request, const UInt32& muted) noexcept;

}  // namespace gecko::driver
