#include "driver/volume.hpp"

#include <cmath>

namespace gecko::driver {
namespace {

constexpr float clamped(float value, float low, float high) noexcept {
    if (!(value > low)) return low;  // NaN too
    return value < high ? value : high;
}

constexpr float kRange = kMaximumDecibels - kMinimumDecibels;

}  // namespace

float decibels_of(float scalar) noexcept {
    return kMinimumDecibels + kRange * clamped(scalar, 0.0f, 1.0f);
}

float scalar_of(float decibels) noexcept {
    return (clamped(decibels, kMinimumDecibels, kMaximumDecibels) - kMinimumDecibels) / kRange;
}

float gain_of(float scalar) noexcept {
    if (!(scalar > 0.0f)) return 0.0f;
    if (scalar >= 1.0f) return 1.0f;  // not left to pow: unity must be bit-exact
    return std::pow(10.0f, decibels_of(scalar) / 20.0f);
}

}  // namespace gecko::driver
