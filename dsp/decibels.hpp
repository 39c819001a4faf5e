#pragma once

#include <cmath>

#include "rt/nonblocking.hpp"

namespace gecko::dsp {

/// Amplitude factor of a level in dB; exactly 1 at 0 dB, 0 at minus infinity.
inline double from_db(double db) noexcept GECKO_NONBLOCKING {
    return std::pow(10.0, db / 20.0);
}

/// Level in dB of an amplitude factor >= 0; minus infinity at 0.
inline double to_db(double factor) noexcept GECKO_NONBLOCKING {
    return 20.0 * std::log10(factor);
}

}  // namespace gecko::dsp
