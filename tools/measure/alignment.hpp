#pragma once

#include <cstdint>
#include <optional>

#include "tools/measure/audio.hpp"

namespace gecko::measure {

/// Where the reference is in the recording: frame n of the reference is heard at frame n + lag. Nothing when
/// the recording does not hold the reference (or the reference is silence).
///
/// The lag that puts the first frame that is not silent of the one onto that of the other is taken if samples
/// are equal there, or if an equaliser explains what follows (path_model.hpp): a causal filter answers at
/// once, and silence through it is silence. So it is for every song whose beginning arrived whole, of
/// whatever sound.
///
/// Else, whatever filter of a few milliseconds lies between the two, the peak of their whitened
/// cross-correlation finds the lag to within a few frames, if the song is no mere tones; then
/// - the lag near it at which samples are equal, if there is one, is taken (a path that changes nothing);
/// - else the one that puts the first frame that is not silent of the one onto that of the other, if it is
///   near;
/// - else the peak itself.
std::optional<std::int64_t> find_lag(const Audio& reference, const Audio& recording);

}  // namespace gecko::measure
