#pragma once

/// The volume control's curve: a slider's scalar 0..1, decibels, linear gain.
///
/// Decibels are linear in the scalar, -64 dB at 0 and 0 dB at 1, so that equal steps of the slider sound
/// equal. A slider at its lowest is silent: the gain of scalar 0 is 0, although it reads as -64 dB.
namespace gecko::driver {

inline constexpr float kMinimumDecibels = -64.0f;
inline constexpr float kMaximumDecibels = 0.0f;

/// dB of a scalar; clamped into the range, NaN being the lowest.
float decibels_of(float scalar) noexcept;
/// Scalar 0..1 of a value in dB; clamped into the range, NaN being the lowest.
float scalar_of(float decibels) noexcept;
/// Linear gain 0..1 of a scalar; exactly 1 at scalar 1, exactly 0 at scalar 0.
float gain_of(float scalar) noexcept;

}  // namespace gecko::driver
