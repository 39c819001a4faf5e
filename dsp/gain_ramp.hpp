#pragma once

#include <span>

#include "dsp/smoother.hpp"
#include "rt/nonblocking.hpp"

namespace gecko::dsp {

/// A gain on interleaved stereo that changes without clicks: preamp, volume, mute, fades.
///
/// It moves as a factor rather than in dB, since 0 is one of its values. At rest at exactly 1 samples pass bit for bit;
/// at rest at 0 the output is 0 whatever the input. The output does not depend on how the audio is cut into blocks.
///
/// One thread at a time. The factor is 1 initially, the rate 48 kHz.
class GainRamp {
  public:
    GainRamp() noexcept;

    /// Sets the sample rate and ends a move at its target.
    void prepare(double rate_hz) noexcept GECKO_NONBLOCKING { gain_.prepare(rate_hz); }

    /// The factor (finite, >= 0) to move to from the next frame on.
    void set_target(double factor) noexcept GECKO_NONBLOCKING { gain_.set_target(factor); }

    /// Has `factor` from the next frame on: for the start of a fade, while nothing is heard.
    void jump_to(double factor) noexcept GECKO_NONBLOCKING { gain_.jump_to(factor); }

    /// Multiplies whole frames in place, any number of them.
    void process(std::span<float> frames) noexcept GECKO_NONBLOCKING;

    /// Nothing moves any more: the factor is its target, exactly.
    bool settled() const noexcept GECKO_NONBLOCKING { return gain_.settled(); }
    double target() const noexcept GECKO_NONBLOCKING { return gain_.target(); }

  private:
    Smoother gain_;
};

}  // namespace gecko::dsp
