#pragma once

#include "rt/nonblocking.hpp"
#include "shm/clock_line.hpp"

namespace gecko::engine {

/// How fast the driver's clock is asked to run, so that the phase stays where it was set (docs/clock.md).
///
/// A PI controller with both poles at kBandwidthHz. What it controls is an integrator: a clock that is u ppm fast moves the phase by
/// u microseconds a second. So with w = 2 pi kBandwidthHz the gains are Kp = 2 w and Ki = w^2 (critical damping: no
/// overshoot of the clock's speed beyond the proportional part), and a difference of d ppm between the clocks moves the phase by at
/// most d / (e w) microseconds: 0.88 ms for 300 ppm. docs/clock.md has the plots. One thread at a time.
class Steering {
  public:
    static constexpr double kBandwidthHz = 0.02;
    static constexpr double kLimit = shm::kMaxSteering;     ///< ppm either way
    static constexpr double kStep = shm::kMaxSteeringStep;  ///< ppm that a period may change it by
    /// The error is smoothed over this time: time stamps of real devices are not exact.
    static constexpr double kSmoothingSeconds = 0.25;

    /// Another output or another driver: nothing is known of the difference of their clocks.
    void reset() noexcept GECKO_NONBLOCKING;
    /// The phase was set anew between the same two clocks: what was learnt about them stays.
    void restart() noexcept GECKO_NONBLOCKING { error_ = 0; }

    /// What to ask for now, in ppm; positive is faster.
    ///
    /// error_s    by how much the phase is larger than its target, s: positive when the driver is too far ahead
    ///            (what is no number changes nothing)
    /// elapsed_s  since the call before
    /// period_s   between two zero timestamps of the driver
    double update(double error_s, double elapsed_s, double period_s) noexcept GECKO_NONBLOCKING;

    [[nodiscard]] double ppm() const noexcept GECKO_NONBLOCKING { return ppm_; }

  private:
    double error_ = 0;     // s, smoothed
    double integral_ = 0;  // ppm
    double ppm_ = 0;
};

}  // namespace gecko::engine
