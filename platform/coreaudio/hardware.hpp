#pragma once

#include <CoreAudio/CoreAudio.h>

#include <array>
#include <expected>
#include <string>
#include <vector>

#include "platform/backend.hpp"

/// What devices there are, and their rates. Control threads.
namespace gecko::platform::coreaudio {

/// All devices with output channels, in the HAL's order.
std::expected<std::vector<Device>, PlatformError> list_devices();

/// kAudioObjectUnknown if no device has this UID; the error where no audio server answers.
std::expected<AudioObjectID, PlatformError> device_with_uid(const char* uid);

/// All devices, in the HAL's order; the error where no audio server answers.
std::expected<std::vector<AudioObjectID>, PlatformError> all_devices();
/// kAudioObjectUnknown if there is none.
AudioObjectID default_output();
/// False if the audio server refuses.
bool set_default_output(AudioObjectID device);
std::uint32_t output_channels(AudioObjectID device);
std::uint32_t input_channels(AudioObjectID device);
bool is_alive(AudioObjectID device);
/// Whether the system offers the device as the default output: some it cannot, and some are hidden.
bool can_be_default(AudioObjectID device);
/// The channels that stereo is to be played on, counted from 1; the first two where the device does not tell.
std::array<UInt32, 2> stereo_channels(AudioObjectID device);
/// kAudioDeviceTransportType...
UInt32 transport_type(AudioObjectID device);
/// Whether the device is an aggregate that has the device with this UID in it.
bool contains(AudioObjectID device, const std::string& uid);
/// Frames: the device's own latency, without its streams'.
std::uint32_t output_latency(AudioObjectID device);
/// Frames from the time stamp that a callback is given for the output to the sound: the device's and its first stream's latency.
std::uint32_t presentation_latency(AudioObjectID device);
/// Frames of one callback.
std::uint32_t buffer_frames(AudioObjectID device);
/// Frames that the HAL asks for the output's frames earlier by.
std::uint32_t safety_offset(AudioObjectID device);
/// Frames that the HAL hands over what the input heard later by.
std::uint32_t input_safety_offset(AudioObjectID device);

std::string device_name(AudioObjectID device);
/// Nominal, in Hz; 0 if the device does not tell.
double nominal_rate(AudioObjectID device);
bool supports_rate(AudioObjectID device, double rate_hz);
/// Asks for a nominal rate; the device has it when a later look finds it. False if it refuses.
bool request_rate(AudioObjectID device, double rate_hz);

/// "" if the device does not tell.
std::string device_uid(AudioObjectID device);
std::string device_manufacturer(AudioObjectID device);

}  // namespace gecko::platform::coreaudio
