#include "driver/property_readers.hpp"

namespace gecko::driver {
namespace {

/// The one format there is: what the host mixes in is what the stream takes, Float32, native, interleaved.
AudioStreamBasicDescription format_at(double rate) noexcept {
    constexpr UInt32 kBytes = kChannels * sizeof(Float32);
    return {.mSampleRate = rate,
            .mFormatID = kAudioFormatLinearPCM,
            .mFormatFlags = kAudioFormatFlagsNativeFloatPacked,
            .mBytesPerPacket = kBytes,
            .mFramesPerPacket = 1,
            .mBytesPerFrame = kBytes,
            .mChannelsPerFrame = kChannels,
            .mBitsPerChannel = 32,
            .mReserved = 0};
}

/// Whether two formats agree in all but the rate.
bool same_layout(const AudioStreamBasicDescription& a, const AudioStreamBasicDescription& b) noexcept {
    return a.mFormatID == b.mFormatID && a.mFormatFlags == b.mFormatFlags &&
           a.mBytesPerPacket == b.mBytesPerPacket && a.mFramesPerPacket == b.mFramesPerPacket &&
           a.mBytesPerFrame == b.mBytesPerFrame && a.mChannelsPerFrame == b.mChannelsPerFrame &&
           a.mBitsPerChannel == b.mBitsPerChannel;
}

}  // namespace

UInt32 is_active(const Request& request) noexcept {
    return request.device.stream_active() ? 1 : 0;
}

OSStatus set_active(const Request& request, const UInt32& active) noexcept {
    return request.device.set_stream_active(active != 0);
}

AudioStreamBasicDescription stream_format(const Request& request) noexcept {
    return format_at(static_cast<double>(request.device.rate()));
}

OSStatus set_stream_format(const Request& request, const AudioStreamBasicDescription& format) noexcept {
    if (!same_layout(format, format_at(format.mSampleRate))) return kAudioDeviceUnsupportedFormatError;
    return request.device.request_rate(format.mSampleRate);
}

void put_stream_formats(const Request&, Reply& reply) noexcept {
    for (const std::uint32_t rate : kRates) {
        const auto hz = static_cast<double>(rate);
        reply.put(AudioStreamRangedDescription{.mFormat = format_at(hz),
                                               .mSampleRateRange = {.mMinimum = hz, .mMaximum = hz}});
    }
}

}  // namespace gecko::driver
