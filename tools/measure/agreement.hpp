#pragma once

#include <cstdint>

namespace gecko::measure {

/// Frames: what agrees over so many frames, of which enough are no silence, is the same audio.
inline constexpr std::int64_t kRun = 256;
inline constexpr std::int64_t kTellingFrames = 32;
/// Frames: the correlation's peak is this near to the lag, whatever the equaliser.
inline constexpr std::int64_t kPeakError = 8;

}  // namespace gecko::measure
