#pragma once

#include <complex>

#include "dsp/design.hpp"
#include "dsp/eq_settings.hpp"

namespace gecko::dsp {

/// Closed-form response of a filter at `frequency_hz` (0 to half of `rate_hz`).
///
/// Accurate also where frequency / rate is tiny: the terms that nearly cancel there (1 - cos w) are written
/// as 2 sin^2(w/2). What remains is the rounding of the coefficients themselves: below 1e-7 dB at 20 Hz and
/// 192 kHz.
std::complex<double> response(const Biquad& filter, double frequency_hz, double rate_hz) noexcept;

/// The same as a level in dB.
double response_db(const Biquad& filter, double frequency_hz, double rate_hz) noexcept;

/// What was asked for: preamp and all ten bands together, in dB, at `frequency_hz` and a sample rate of
/// `rate_hz`. 0 dB when bypassed.
double response_db(const EqSettings& settings, double frequency_hz, double rate_hz) noexcept;

}  // namespace gecko::dsp
