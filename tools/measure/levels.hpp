#pragma once

#include <array>
#include <cstdint>

#include "tools/measure/audio.hpp"

namespace gecko::measure {

/// Peak and RMS of a stretch of audio, left and right, in dB relative to full scale (a full-scale sine has
/// RMS -3.01); -infinity for silence.
struct Levels {
    std::array<double, 2> peak_db{};
    std::array<double, 2> rms_db{};
};

/// Of `frames` frames from `begin`; frames outside the audio are silence.
Levels measure_levels(const Audio& audio, std::int64_t begin, std::int64_t frames);

}  // namespace gecko::measure
