#include "minihal/hardware/properties.hpp"

namespace minihal::hardware {

namespace {

constexpr auto kVolume = Object::kVolume;
constexpr auto kMute = Object::kMute;

// A fader whose way is even in decibels; real ones have curves of their own.
Float64 decibels_of(Float64 scalar) {
    return kDecibels.mMinimum + scalar * (kDecibels.mMaximum - kDecibels.mMinimum);
}
Float64 scalar_of(Float64 decibels) {
    return (decibels - kDecibels.mMinimum) / (kDecibels.mMaximum - kDecibels.mMinimum);
}

void scalar(const Subject& subject, Bytes& out) {
    put(out, subject.device->volume(subject.object));
}
OSStatus set_scalar(const Subject& subject, std::span<const uint8_t> data) {
    Float32 value = 0;
    if (!take(data, value)) return kAudioHardwareBadPropertySizeError;
    if (!(value >= 0.0F) && !(value < 0.0F)) return kAudioHardwareIllegalOperationError;
    subject.hardware.set_volume(*subject.device, subject.object, Float64{value});
    return kAudioHardwareNoError;
}
void decibels(const Subject& subject, Bytes& out) {
    put(out, static_cast<Float32>(decibels_of(Float64{subject.device->volume(subject.object)})));
}
OSStatus set_decibels(const Subject& subject, std::span<const uint8_t> data) {
    Float32 value = 0;
    if (!take(data, value)) return kAudioHardwareBadPropertySizeError;
    if (!(value >= 0.0F) && !(value < 0.0F)) return kAudioHardwareIllegalOperationError;
    subject.hardware.set_volume(*subject.device, subject.object, scalar_of(Float64{value}));
    return kAudioHardwareNoError;
}
void decibel_range(const Subject&, Bytes& out) {
    put(out, kDecibels);
}

void element(const Subject& subject, Bytes& out) {
    const uint32_t channel = subject.object == Object::kRightVolume ? 2 : 1;
    put(out, subject.device->options().channel_volumes ? channel : uint32_t{kAudioObjectPropertyElementMain});
}

void muted(const Subject& subject, Bytes& out) {
    put(out, uint32_t{subject.device->muted()});
}
OSStatus set_muted(const Subject& subject, std::span<const uint8_t> data) {
    uint32_t value = 0;
    if (!take(data, value)) return kAudioHardwareBadPropertySizeError;
    subject.hardware.set_muted(*subject.device, value != 0);
    return kAudioHardwareNoError;
}

// The input of these two is found where the result goes.
void to_decibels(const Subject& subject, Bytes& out) {
    Float32 value = 0;
    put(out, take(subject.input_value, value) ? static_cast<Float32>(decibels_of(Float64{value})) : 0.0F);
}
void to_scalar(const Subject& subject, Bytes& out) {
    Float32 value = 0;
    put(out, take(subject.input_value, value) ? static_cast<Float32>(scalar_of(Float64{value})) : 0.0F);
}

constexpr Property kProperties[] = {
    bytes(kVolume, kAudioObjectPropertyBaseClass, constant<kAudioLevelControlClassID>),
    bytes(kVolume, kAudioObjectPropertyClass, constant<kAudioVolumeControlClassID>),
    bytes(kVolume, kAudioObjectPropertyOwner, device_object),
    list(kVolume, kAudioObjectPropertyOwnedObjects, no_objects),
    bytes(kVolume, kAudioControlPropertyScope, constant<kAudioObjectPropertyScopeOutput>),
    bytes(kVolume, kAudioControlPropertyElement, element),
    settable(kVolume, kAudioLevelControlPropertyScalarValue, scalar, set_scalar),
    settable(kVolume, kAudioLevelControlPropertyDecibelValue, decibels, set_decibels),
    bytes(kVolume, kAudioLevelControlPropertyDecibelRange, decibel_range),
    bytes(kVolume, kAudioLevelControlPropertyConvertScalarToDecibels, to_decibels),
    bytes(kVolume, kAudioLevelControlPropertyConvertDecibelsToScalar, to_scalar),

    bytes(kMute, kAudioObjectPropertyBaseClass, constant<kAudioBooleanControlClassID>),
    bytes(kMute, kAudioObjectPropertyClass, constant<kAudioMuteControlClassID>),
    bytes(kMute, kAudioObjectPropertyOwner, device_object),
    list(kMute, kAudioObjectPropertyOwnedObjects, no_objects),
    bytes(kMute, kAudioControlPropertyScope, constant<kAudioObjectPropertyScopeOutput>),
    bytes(kMute, kAudioControlPropertyElement, constant<kAudioObjectPropertyElementMain>),
    settable(kMute, kAudioBooleanControlPropertyValue, muted, set_muted),
};

}  // namespace

std::span<const Property> control_properties() {
    return kProperties;
}

}  // namespace minihal::hardware
