#include "tools/play/playback.hpp"

#include <algorithm>
#include <cstddef>

namespace gecko::play {

void Playback::go_on() noexcept {
    const std::int64_t position = position_.load(std::memory_order_relaxed);
    position_.store(std::max<std::int64_t>(0, position - not_heard_), std::memory_order_relaxed);
    not_heard_ = 0;
    goes_on_ = true;
}

OSStatus Playback::io_proc(AudioObjectID /*device*/, const AudioTimeStamp* now,
                           const AudioBufferList* /*input*/, const AudioTimeStamp* /*input_time*/,
                           AudioBufferList* output, const AudioTimeStamp* output_time,
                           void* playback) noexcept GECKO_NONBLOCKING {
    static_cast<Playback*>(playback)->render(*now, *output, *output_time);
    return kAudioHardwareNoError;
}

void Playback::render(const AudioTimeStamp& now, AudioBufferList& output,
                      const AudioTimeStamp& output_time) noexcept GECKO_NONBLOCKING {
    const std::int64_t position = position_.load(std::memory_order_relaxed);
    if (goes_on_) {
        goes_on_ = false;
        end_ = output_time.mSampleTime;
    } else if (position > 0 && position < frames() && output_time.mSampleTime != due_) {
        skips_.fetch_add(1, std::memory_order_relaxed);
    }
    if (output.mNumberBuffers > 0) {
        const AudioBuffer& buffer = output.mBuffers[0];
        const std::size_t channels = buffer.mNumberChannels;
        auto* out = static_cast<float*>(buffer.mData);
        const auto room = static_cast<std::int64_t>(buffer.mDataByteSize / (channels * sizeof(float)));
        const std::int64_t count = std::min(room, frames() - position);
        for (std::int64_t n = 0; n < count; ++n) {
            const auto from = 2 * static_cast<std::size_t>(position + n);
            const auto to = channels * static_cast<std::size_t>(n);
            // On a device with one channel only the left one is heard; Gecko Sink has two.
            for (std::size_t channel = 0; channel < std::min<std::size_t>(channels, 2); ++channel) {
                out[to + channel] = samples_[from + channel];
            }
        }
        due_ = output_time.mSampleTime + static_cast<double>(room);
        if (count > 0) {
            end_ = output_time.mSampleTime + static_cast<double>(count);
            position_.store(position + count, std::memory_order_relaxed);
        }
    }
    not_heard_ = static_cast<std::int64_t>(std::max(0.0, end_ - now.mSampleTime));
    if (position == frames() && now.mSampleTime >= end_) done_.store(true, std::memory_order_release);
    cycles_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace gecko::play
