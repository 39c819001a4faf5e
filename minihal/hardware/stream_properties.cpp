#include "minihal/hardware/properties.hpp"

namespace minihal::hardware {

namespace {

AudioStreamBasicDescription format(const Subject& subject, Float64 rate) {
    const auto& options = subject.device->options();
    const uint32_t channels = subject.input() ? options.inputs : options.outputs;
    const auto bytes_per_frame = static_cast<uint32_t>(channels * sizeof(Float32));
    return {.mSampleRate = rate,
            .mFormatID = kAudioFormatLinearPCM,
            .mFormatFlags = kAudioFormatFlagsNativeFloatPacked,
            .mBytesPerPacket = bytes_per_frame,
            .mFramesPerPacket = 1,
            .mBytesPerFrame = bytes_per_frame,
            .mChannelsPerFrame = channels,
            .mBitsPerChannel = 8 * sizeof(Float32),
            .mReserved = 0};
}

void current_format(const Subject& subject, Bytes& out) {
    put(out, format(subject, subject.device->rate()));
}

// The rate is the one thing in it that can be another.
OSStatus set_format(const Subject& subject, std::span<const uint8_t> data) {
    AudioStreamBasicDescription wanted;
    if (!take(data, wanted)) return kAudioHardwareBadPropertySizeError;
    const auto own = format(subject, wanted.mSampleRate);
    const bool fits =
        subject.device->has_rate(wanted.mSampleRate) && wanted.mFormatID == own.mFormatID &&
        wanted.mFormatFlags == own.mFormatFlags && wanted.mBytesPerPacket == own.mBytesPerPacket &&
        wanted.mFramesPerPacket == own.mFramesPerPacket && wanted.mBytesPerFrame == own.mBytesPerFrame &&
        wanted.mChannelsPerFrame == own.mChannelsPerFrame && wanted.mBitsPerChannel == own.mBitsPerChannel;
    if (!fits) return kAudioDeviceUnsupportedFormatError;
    return subject.hardware.request_rate(*subject.device, wanted.mSampleRate);
}

void available_formats(const Subject& subject, Bytes& out) {
    for (const auto rate : subject.device->rates()) {
        put(out, AudioStreamRangedDescription{.mFormat = format(subject, rate),
                                              .mSampleRateRange = {.mMinimum = rate, .mMaximum = rate}});
    }
}

// An input is as active as the host says; an output always is.
void is_active(const Subject& subject, Bytes& out) {
    put(out, uint32_t{!subject.input() || subject.device->input_open()});
}
OSStatus set_active(const Subject& subject, std::span<const uint8_t> data) {
    uint32_t active = 0;
    if (!take(data, active)) return kAudioHardwareBadPropertySizeError;
    if (subject.input()) subject.hardware.open_input(*subject.device, active != 0);
    return kAudioHardwareNoError;
}

void direction(const Subject& subject, Bytes& out) {
    put(out, uint32_t{subject.input()});
}

void terminal(const Subject& subject, Bytes& out) {
    const auto type = [&]() -> uint32_t {
        const auto transport = subject.device->options().transport.code;
        if (subject.input()) {
            return transport == kAudioDeviceTransportTypeBluetooth ? kAudioStreamTerminalTypeHeadsetMicrophone
                                                                   : kAudioStreamTerminalTypeMicrophone;
        }
        switch (transport) {
            case kAudioDeviceTransportTypeBluetooth:
                return kAudioStreamTerminalTypeHeadphones;
            case kAudioDeviceTransportTypeHDMI:
                return kAudioStreamTerminalTypeHDMI;
            default:
                return kAudioStreamTerminalTypeSpeaker;
        }
    };
    put(out, type());
}

constexpr uint32_t kFormat = sizeof(AudioStreamRangedDescription);

template <Object kStream>
constexpr Property kStreamProperties[] = {
    bytes(kStream, kAudioObjectPropertyBaseClass, constant<kAudioObjectClassID>),
    bytes(kStream, kAudioObjectPropertyClass, constant<kAudioStreamClassID>),
    bytes(kStream, kAudioObjectPropertyOwner, device_object),
    list(kStream, kAudioObjectPropertyOwnedObjects, no_objects),
    settable(kStream, kAudioStreamPropertyIsActive, is_active, set_active),
    bytes(kStream, kAudioStreamPropertyDirection, direction),
    bytes(kStream, kAudioStreamPropertyTerminalType, terminal),
    bytes(kStream, kAudioStreamPropertyStartingChannel, constant<1>),
    bytes(kStream, kAudioStreamPropertyLatency, constant<0>),
    settable(kStream, kAudioStreamPropertyVirtualFormat, current_format, set_format),
    settable(kStream, kAudioStreamPropertyPhysicalFormat, current_format, set_format),
    list(kStream, kAudioStreamPropertyAvailableVirtualFormats, available_formats, kFormat),
    list(kStream, kAudioStreamPropertyAvailablePhysicalFormats, available_formats, kFormat),
};

}  // namespace

std::span<const Property> output_stream_properties() {
    return kStreamProperties<Object::kOutputStream>;
}

std::span<const Property> input_stream_properties() {
    return kStreamProperties<Object::kInputStream>;
}

}  // namespace minihal::hardware
