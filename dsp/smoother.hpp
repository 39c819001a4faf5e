#pragma once

#include <array>

#include "rt/nonblocking.hpp"

namespace gecko::dsp {

/// A parameter that follows its target without steps or kinks and arrives exactly.
///
/// Four one-pole averages of kTimeConstant in a row: 99 % of a move is done after 20 ms, and what is left of it
/// after about 50 ms, a ten-millionth, is jumped over. Whatever the target does on the way, the value and its first
/// three derivatives are continuous, and it never leaves the range of the targets given (an S-curve restarted half-way
/// has a kink, one that keeps its speed overshoots).
///
/// One thread at a time. Works in dB or in factors; 0 initially.
class Smoother {
  public:
    /// Sets how many times a second advance() is called, and ends a move at its target.
    void prepare(double steps_per_second) noexcept GECKO_NONBLOCKING;

    /// Where to go from the next step on; finite.
    void set_target(double target) noexcept GECKO_NONBLOCKING;

    /// Is at `value` at once.
    void jump_to(double value) noexcept GECKO_NONBLOCKING;

    /// Goes one step and gives the value there.
    double advance() noexcept GECKO_NONBLOCKING;

    double value() const noexcept GECKO_NONBLOCKING { return averages_.back(); }
    double target() const noexcept GECKO_NONBLOCKING { return target_; }

    /// The value is the target, exactly, and stays there.
    bool settled() const noexcept GECKO_NONBLOCKING { return settled_; }

  private:
    static constexpr double kTimeConstant = 0.002;  // s
    static constexpr double kArrived = 1e-7;        // dB or factor: -140 dB of a full move at most

    std::array<double, 4> averages_{};
    double share_ = 1.0;  // of the distance, per step
    double target_ = 0.0;
    bool settled_ = true;
};

/// No move takes longer than this, whatever its size.
inline constexpr double kLongestMoveSeconds = 0.06;

}  // namespace gecko::dsp
