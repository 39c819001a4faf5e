#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tools/measure/audio.hpp"
#include "tools/measure/cross_spectra.hpp"

/// A recording of several applications at once, against what each of them should have put into it.
namespace gecko::measure {

/// What is left of a recording where everything is right is the rounding of 32-bit samples: below this, -120 dB relative to full
/// scale, or to the recording's peak where that is higher.
inline constexpr double kRounding = 1e-6;

/// Where each part (what an application should be heard as) begins in the recording: frame n of the part is heard at frame n + lag.
/// Nothing for a part that the recording does not hold.
///
/// By whitened cross-correlation; parts that have been found are taken out of the recording before others are looked for. Where
/// something remains, the parts are looked for once more with all others taken out, and exchanged with each other, as long as that
/// leaves less: the same song through two presets is told apart so.
std::vector<std::optional<std::int64_t>> find_lags(std::span<const Audio> parts, const Audio& recording);

/// A place where the recording stops being the sum of the parts.
struct MixBreak {
    std::int64_t at = 0;              ///< frame of the recording
    std::optional<std::size_t> part;  ///< whose fault; nothing: all parts alike, or nobody's in particular
    std::int64_t lost = 0;            ///< frames that are missing
    std::int64_t repeated = 0;        ///< frames that are too many
    std::int64_t damaged = 0;         ///< frames of the recording until it is the sum again
};

struct MixIntegrity {
    /// The recording, from the first part's first frame to the last one's last, minus the sum of the parts: the largest difference
    /// of a sample, and the root of the mean square, both as factors of full scale. Where frames are lost, until they were.
    double residual_peak = 0.0;
    double residual_rms = 0.0;
    double recorded_peak = 0.0;
    std::int64_t frames = 0;        ///< of the recording that were compared
    std::int64_t wrong_frames = 0;  ///< of these, how many differ by more than rounding
    std::int64_t identical_frames =
        0;                  ///< of these, how many are the sum of the parts bit for bit, rounded once
    bool followed = false;  ///< after each break the recording is the sum of the parts again, to the end
    std::vector<MixBreak> breaks;  ///< in order

    bool intact() const { return followed && breaks.empty(); }
    bool identical() const { return intact() && identical_frames == frames; }
    /// Sums over the breaks of one part and those of all.
    std::int64_t lost(std::size_t part) const;
    std::int64_t repeated(std::size_t part) const;
    std::int64_t damaged() const;
};

/// Compares the recording with the sum of the parts, each at its lag, sample by sample. Where they part, each application's frames,
/// and then all together, are looked for earlier and later.
MixIntegrity check_mix(std::span<const Placed> parts, const Audio& recording);

}  // namespace gecko::measure
