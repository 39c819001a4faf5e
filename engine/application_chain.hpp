#pragma once

#include <span>

#include "dsp/equaliser.hpp"
#include "dsp/gain_ramp.hpp"
#include "engine/applications.hpp"
#include "rt/nonblocking.hpp"

namespace gecko::engine {

/// What one application's audio goes through: preamp, equaliser, volume. At rest with everything flat samples pass bit for bit.
/// The output's callback, or a control thread while the output is stopped.
class ApplicationChain {
  public:
    /// Sets the rate in Hz, forgets past audio, and is at once where it moves to.
    void prepare(double rate_hz) noexcept GECKO_NONBLOCKING;
    /// Moves to these settings; all flat if null.
    void set_target(const ApplicationSettings* settings) noexcept GECKO_NONBLOCKING;
    /// Filters whole frames, interleaved stereo, in place.
    void process(std::span<float> frames) noexcept GECKO_NONBLOCKING;
    /// Samples pass bit for bit, and nothing moves.
    [[nodiscard]] bool is_identity() const noexcept GECKO_NONBLOCKING;

  private:
    dsp::GainRamp preamp_;
    dsp::TenBandEqualiser equaliser_;
    dsp::GainRamp volume_;
};

}  // namespace gecko::engine
