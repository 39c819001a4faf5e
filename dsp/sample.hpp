#pragma once

#include <algorithm>
#include <limits>

#include "rt/nonblocking.hpp"

namespace gecko::dsp {

/// A result of 64-bit arithmetic as a sample: the nearest float, and never an infinity. NaN stays NaN.
inline float to_sample(double value) noexcept GECKO_NONBLOCKING {
    constexpr auto kLargest = static_cast<double>(std::numeric_limits<float>::max());
    return static_cast<float>(std::clamp(value, -kLargest, kLargest));
}

}  // namespace gecko::dsp
