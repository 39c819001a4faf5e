#pragma once

#include "dsp/sample.hpp"
#include "dsp/smoother.hpp"

namespace gecko::following {

/// What the engine multiplies frames by that nobody equalises: the device's volume, and then the fade. Both move as dsp::Smoother does.
class Gains {
  public:
    /// At the start of an output: the volume is there at once, and nothing is heard.
    void begin(double rate_hz, double volume) {
        volume_.prepare(rate_hz);
        fade_.prepare(rate_hz);
        volume_.jump_to(volume);
        fade_.jump_to(0);
    }
    void set_volume(double volume) { volume_.set_target(volume); }
    void jump_to(double fade) { fade_.jump_to(fade); }
    void fade_to(double fade) { fade_.set_target(fade); }

    /// Goes one frame on.
    void advance() {
        volume_.advance();
        fade_.advance();
    }
    void advance(std::size_t frames) {
        for (std::size_t i = 0; i < frames && !still(); ++i) advance();
    }
    /// What becomes of a sample, bit for bit.
    [[nodiscard]] float of(float sample) const {
        const float turned = dsp::to_sample(static_cast<double>(sample) * volume_.value());
        return dsp::to_sample(static_cast<double>(turned) * fade_.value());
    }
    [[nodiscard]] double value() const { return volume_.value() * fade_.value(); }
    [[nodiscard]] bool still() const { return volume_.settled() && fade_.settled(); }
    /// There is no fade, or there will be none any more.
    [[nodiscard]] bool whole() const { return fade_.settled() && fade_.value() == 1; }
    [[nodiscard]] bool faded_out() const { return fade_.settled() && fade_.value() == 0; }
    [[nodiscard]] bool turned_down() const { return volume_.settled() && volume_.value() == 0; }

  private:
    dsp::Smoother volume_;
    dsp::Smoother fade_;
};

}  // namespace gecko::following
