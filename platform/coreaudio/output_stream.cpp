#include "platform/coreaudio/output_stream.hpp"

#include <algorithm>
#include <cstddef>

#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/stream_usage.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr HostTime kStuck = std::chrono::milliseconds(200);  // without a callback, and four buffers at least
constexpr HostTime kFirstCallback = std::chrono::milliseconds(3000);  // Bluetooth takes its time to start

/// Puts stereo frames on a device that is not two channels in one buffer: left and right on the two that it tells for stereo (counted
/// from 1), their mean on a device with one channel, silence on the others.
void spread(std::span<const float> stereo, AudioBufferList& output, std::array<UInt32, 2> sides,
            std::size_t channels) noexcept GECKO_NONBLOCKING {
    std::size_t channel = 1;
    for (UInt32 b = 0; b < output.mNumberBuffers; ++b) {
        const AudioBuffer& buffer = output.mBuffers[b];
        auto* samples = static_cast<float*>(buffer.mData);
        for (UInt32 c = 0; c < buffer.mNumberChannels; ++c, ++channel) {
            for (std::size_t i = 0; i < stereo.size() / 2; ++i) {
                float sample = 0.0f;
                if (channel == sides[0]) sample = stereo[2 * i];
                if (channel == sides[1]) sample = stereo[2 * i + 1];
                if (channels == 1) sample = 0.5f * (stereo[2 * i] + stereo[2 * i + 1]);
                samples[i * buffer.mNumberChannels + c] = sample;
            }
        }
    }
}

/// What the device's buffers hold, as one frame after the other over all channels.
void record(const AudioBufferList& output, double sample_time,
            engine::OutputTap& tap) noexcept GECKO_NONBLOCKING {
    const auto buffers = std::span(output.mBuffers, output.mNumberBuffers);
    std::size_t channels = 0;
    for (const AudioBuffer& buffer : buffers) channels += buffer.mNumberChannels;
    const AudioBuffer& first = buffers.front();
    const std::size_t frames = first.mDataByteSize / sizeof(float) / first.mNumberChannels;
    if (!tap.open(sample_time, frames, channels)) return;
    // As many frames at once as lie side by side.
    const std::size_t step = buffers.size() == 1 ? frames : 1;
    for (std::size_t frame = 0; frame < frames; frame += step) {
        for (const AudioBuffer& buffer : buffers) {
            const auto* samples = static_cast<const float*>(buffer.mData);
            tap.put({samples + frame * buffer.mNumberChannels, step * buffer.mNumberChannels});
        }
    }
    tap.close();
}

}  // namespace

std::expected<std::unique_ptr<OutputStream>, PlatformError> OutputStream::start(AudioObjectID device,
                                                                                engine::Engine& engine,
                                                                                engine::OutputTap* tap,
                                                                                HostTime now) {
    std::unique_ptr<OutputStream> stream(new OutputStream(device, engine, tap));
    OSStatus status = AudioDeviceCreateIOProcID(device, &OutputStream::io_proc, stream.get(), &stream->proc_);
    if (status == kAudioHardwareNoError)
        status = close_streams(device, stream->proc_, kAudioObjectPropertyScopeInput);
    if (status == kAudioHardwareNoError) status = AudioDeviceStart(device, stream->proc_);
    if (status != kAudioHardwareNoError) {
        return std::unexpected(
            PlatformError{.kind = PlatformError::Kind::device_refused,
                          .cause = device_name(device) + " did not start: " + status_text(status)});
    }
    stream->seen_at_ = now;
    return stream;
}

bool OutputStream::stuck(HostTime now, double rate_hz) {
    if (const std::uint32_t pulls = pulls_.load(std::memory_order_relaxed); pulls != pulls_seen_) {
        pulls_seen_ = pulls;
        seen_at_ = now;
        return false;
    }
    if (pulls_seen_ == 0) return now - seen_at_ > kFirstCallback;
    const auto buffers = std::chrono::duration_cast<HostTime>(
        std::chrono::duration<double>(4 * buffer_frames(device_) / rate_hz));
    return now - seen_at_ > std::max(kStuck, buffers);
}

OutputStream::~OutputStream() {
    if (proc_ == nullptr) return;
    AudioDeviceStop(device_, proc_);
    AudioDeviceDestroyIOProcID(device_, proc_);
}

OSStatus OutputStream::io_proc(AudioObjectID, const AudioTimeStamp* now, const AudioBufferList*,
                               const AudioTimeStamp*, AudioBufferList* output,
                               const AudioTimeStamp* output_time, void* stream) noexcept GECKO_NONBLOCKING {
    static_cast<OutputStream*>(stream)->render(
        {.sample_time = output_time->mSampleTime, .host_time = output_time->mHostTime, .now = now->mHostTime},
        *output);
    return kAudioHardwareNoError;
}

void OutputStream::render(const engine::OutputCycle& cycle,
                          AudioBufferList& output) noexcept GECKO_NONBLOCKING {
    pulls_.fetch_add(1, std::memory_order_relaxed);
    if (output.mNumberBuffers == 0 || output.mBuffers[0].mNumberChannels == 0) return;
    fill(cycle, output);
    if (tap_ != nullptr) record(output, cycle.sample_time, *tap_);
}

void OutputStream::fill(const engine::OutputCycle& cycle,
                        AudioBufferList& output) noexcept GECKO_NONBLOCKING {
    const AudioBuffer& first = output.mBuffers[0];
    const std::size_t frames = first.mDataByteSize / sizeof(float) / first.mNumberChannels;
    if (output.mNumberBuffers == 1 && first.mNumberChannels == 2 && stereo_[0] == 1 && stereo_[1] == 2) {
        engine_.render(cycle, std::span(static_cast<float*>(first.mData), 2 * frames));
        return;
    }
    std::size_t channels = 0;
    for (UInt32 b = 0; b < output.mNumberBuffers; ++b) channels += output.mBuffers[b].mNumberChannels;
    const auto stereo = std::span(scratch_).first(2 * std::min(kScratchFrames, frames));
    engine_.render(cycle, stereo);
    spread(stereo, output, stereo_, channels);
}

}  // namespace gecko::platform::coreaudio
