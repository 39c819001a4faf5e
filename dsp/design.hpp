#pragma once

#include "rt/nonblocking.hpp"

namespace gecko::dsp {

/// A second-order section, normalised to a0 = 1: H(z) = (b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2).
struct Biquad {
    double b0 = 1.0, b1 = 0.0, b2 = 0.0, a1 = 0.0, a2 = 0.0;

    friend bool operator==(const Biquad&, const Biquad&) = default;
};

enum class BandKind { low_shelf, peaking, high_shelf };

/// From this fraction of the sample rate on there is no room left below Nyquist for a band to act in.
inline constexpr double kHighestDesignFraction = 0.49;

/// Robert Bristow-Johnson's "Audio EQ Cookbook" filter of this kind: `frequency_hz` is the centre of a peak
/// or the midpoint of a shelf (where it has half its gain in dB), `q` > 0.
///
/// - A cut is the exact inverse of the boost of the same size: both are designed as the boost, then swapped.
/// - At 0 dB the numerator equals the denominator bit for bit.
/// - At `kHighestDesignFraction * rate_hz` and above, peaks and high shelves do nothing and a low shelf is a
/// plain
///   gain: what the analogue filter does to the frequencies that the rate can carry, to a first
///   approximation. (Moving them down instead would pile the upper bands onto one frequency at low rates.)
Biquad design(BandKind kind, double frequency_hz, double q, double gain_db,
              double rate_hz) noexcept GECKO_NONBLOCKING;

}  // namespace gecko::dsp
