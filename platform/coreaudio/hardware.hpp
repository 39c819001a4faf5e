#pragma once

#include <CoreAudio/CoreAudio.h>

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

/// The device to play on: the default output, or, where that is Gecko Sink itself, the first other one.
std::expected<AudioObjectID, PlatformError> choose_output(AudioObjectID sink);

std::string device_name(AudioObjectID device);
/// Nominal, in Hz; 0 if the device does not tell.
double nominal_rate(AudioObjectID device);
bool supports_rate(AudioObjectID device, double rate_hz);
/// Asks for a nominal rate and waits (2 s at most) until the device has it. False if it refuses or does not come.
bool change_rate(AudioObjectID device, double rate_hz);

}  // namespace gecko::platform::coreaudio
