#include <cmath>
#include <cstring>

#include "driver/property_readers.hpp"
#include "driver/volume.hpp"

namespace gecko::driver {
namespace {

/// What the caller's buffer holds, for the two properties that convert it in place.
Float32 value_in(const Request& request) noexcept {
    Float32 value = 0;
    std::memcpy(&value, request.data, sizeof value);
    return value;
}

}  // namespace

Float32 volume_scalar(const Request& request) noexcept {
    return request.device.volume();
}

OSStatus set_volume_scalar(const Request& request, const Float32& scalar) noexcept {
    return request.device.set_volume(scalar);
}

Float32 volume_decibels(const Request& request) noexcept {
    return decibels_of(request.device.volume());
}

OSStatus set_volume_decibels(const Request& request, const Float32& decibels) noexcept {
    if (std::isnan(decibels)) return kAudioHardwareIllegalOperationError;
    return request.device.set_volume(scalar_of(decibels));
}

AudioValueRange volume_range(const Request&) noexcept {
    return {.mMinimum = double{kMinimumDecibels}, .mMaximum = double{kMaximumDecibels}};
}

Float32 scalar_to_decibels(const Request& request) noexcept {
    return decibels_of(value_in(request));
}

Float32 decibels_to_scalar(const Request& request) noexcept {
    return scalar_of(value_in(request));
}

UInt32 is_muted(const Request& request) noexcept {
    return request.device.muted() ? 1 : 0;
}

OSStatus set_is_muted(const Request& request, const UInt32& muted) noexcept {
    return request.device.set_muted(muted != 0);
}

}  // namespace gecko::driver
