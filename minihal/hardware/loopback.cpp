#include "minihal/hardware/loopback.hpp"

#include <algorithm>

namespace minihal::hardware {

namespace {
constexpr size_t kFrames = 32768;  // more than two of the largest buffers and any safety offset
constexpr int64_t kNever = INT64_MIN;

size_t place(int64_t sample_time) {
    return static_cast<size_t>(static_cast<uint64_t>(sample_time) % kFrames);
}
}  // namespace

void Loopback::begin(uint32_t channels) {
    channels_ = channels;
    frames_.assign(kFrames * channels, 0.0F);
    times_.assign(kFrames, kNever);
}

void Loopback::write(int64_t sample_time, std::span<const float> samples) {
    if (channels_ == 0) return;
    for (size_t frame = 0; frame < samples.size() / channels_; ++frame) {
        const auto time = sample_time + static_cast<int64_t>(frame);
        std::ranges::copy(samples.subspan(frame * channels_, channels_),
                          frames_.begin() + static_cast<std::ptrdiff_t>(place(time) * channels_));
        times_[place(time)] = time;
    }
}

void Loopback::read(int64_t sample_time, uint32_t channels, std::span<float> samples) const {
    std::ranges::fill(samples, 0.0F);
    if (times_.empty() || channels == 0) return;
    for (size_t frame = 0; frame < samples.size() / channels; ++frame) {
        const auto time = sample_time + static_cast<int64_t>(frame);
        if (times_[place(time)] != time) continue;
        for (size_t channel = 0; channel < std::min(channels, channels_); ++channel)
            samples[frame * channels + channel] = frames_[place(time) * channels_ + channel];
    }
}

}  // namespace minihal::hardware
