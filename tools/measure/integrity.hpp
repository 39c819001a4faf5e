#pragma once

#include <cstdint>
#include <vector>

#include "tools/measure/audio.hpp"

namespace gecko::measure {

/// A place where the recording does not go on as the reference does. Frames in, frames of the reference.
struct Break {
    std::int64_t at = 0;        ///< first frame of the reference that does not arrive as it should
    std::int64_t lost = 0;      ///< frames that are missing: what follows comes earlier by so much
    std::int64_t repeated = 0;  ///< frames that are too many: what follows comes later by so much
    std::int64_t damaged = 0;   ///< frames in whose place something else is heard, silence for example
};

enum class Comparison {
    samples,   ///< sample by sample: the path changes nothing
    filtered,  ///< through a filter estimated from the recording
    failed,    ///< the path is neither; nothing is known about single frames
};

struct Integrity {
    Comparison comparison = Comparison::failed;
    /// Every sample of the reference is in the recording, in order and equal (0 and -0 are equal).
    bool identical = false;
    std::int64_t arrived = 0;                          ///< frames of the reference that arrived
    std::int64_t lost = 0, repeated = 0, damaged = 0;  ///< sums over the breaks
    std::vector<Break> breaks;                         ///< in order

    bool intact() const { return comparison != Comparison::failed && breaks.empty(); }
};

/// Follows the reference through the recording, from its first frame to its last, `lag` being where it starts
/// (find_lag).
///
/// Where the path changes nothing, samples are compared. Where it filters, the filter is not known; but if it
/// is an equaliser of up to ten second-order sections, there are two short polynomials A and B with A(z)
/// recording = B(z) reference. They are found by least squares over stretches of the recording; a stretch
/// that the common polynomials do not explain holds a break and is left out. Both sides, so filtered, are
/// again equal frame by frame but for rounding, and a missing or doubled frame disturbs no more frames than A
/// or B is long. So both cases are one: walk on while the sides agree; where they stop to, correlate what
/// follows to find where they agree again.
///
/// With a filter between, lost and repeated frames are exact; the length of a damaged stretch is known to
/// kModelOrder frames.
Integrity check_integrity(const Audio& reference, const Audio& recording, std::int64_t lag);

}  // namespace gecko::measure
