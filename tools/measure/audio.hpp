#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gecko::measure {

/// Interleaved stereo audio owned by the caller.
struct Audio {
    std::span<const float> samples;
    std::uint32_t rate = 0;  ///< Hz

    std::int64_t frames() const { return static_cast<std::int64_t>(samples.size() / 2); }
    float at(std::int64_t frame, std::size_t channel) const {
        return samples[2 * static_cast<std::size_t>(frame) + channel];
    }
    /// The same with silence before the first frame and after the last.
    float at_or_silence(std::int64_t frame, std::size_t channel) const {
        return frame >= 0 && frame < frames() ? at(frame, channel) : 0.0F;
    }
    bool silent_at(std::int64_t frame) const { return at(frame, 0) == 0.0F && at(frame, 1) == 0.0F; }
    /// The first frame from `from` on that is not silent; frames() if there is none.
    std::int64_t first_sound(std::int64_t from = 0) const {
        while (from < frames() && silent_at(from)) ++from;
        return from;
    }
};

}  // namespace gecko::measure
