#pragma once

#include <cstdint>

namespace gecko::shm {

/// Frames between the zero timestamps of the driver's clock, which takes a new speed only at one of them. The HAL wants 10923 at
/// least.
inline constexpr std::uint32_t kZeroTimeStampPeriod = 16'384;
/// The driver's clock is steered no further than this either way, ppm, and by no more than the step from one period to the next.
inline constexpr double kMaxSteering = 1'000;
inline constexpr double kMaxSteeringStep = 100;

/// A device's clock as a straight line between host time and its own frames.
///
/// `anchor_frame` is in frames of whatever the line is told in: device sample time in the driver, P in a
/// segment.
struct ClockLine {
    std::int64_t anchor_frame = 0;
    double anchor_host_time = 0;  ///< host ticks, with their fraction
    double ticks_per_frame = 0;   ///< host ticks

    /// Frame the clock is at, at a host time in ticks.
    [[nodiscard]] double frame_at(double host_time) const noexcept {
        return static_cast<double>(anchor_frame) + (host_time - anchor_host_time) / ticks_per_frame;
    }
    /// Host time in ticks at which the clock is at a frame.
    [[nodiscard]] double host_time_of(double frame) const noexcept {
        return anchor_host_time + (frame - static_cast<double>(anchor_frame)) * ticks_per_frame;
    }
    friend bool operator==(const ClockLine&, const ClockLine&) = default;
};

}  // namespace gecko::shm
