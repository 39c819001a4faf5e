#include "dsp/gain_ramp.hpp"

#include <algorithm>

#include "dsp/sample.hpp"

namespace gecko::dsp {
namespace {

float scaled(float sample, double factor) noexcept GECKO_NONBLOCKING {
    return to_sample(static_cast<double>(sample) * factor);
}

}  // namespace

GainRamp::GainRamp() noexcept {
    gain_.jump_to(1.0);
    prepare(48000.0);
}

void GainRamp::process(std::span<float> frames) noexcept GECKO_NONBLOCKING {
    while (!frames.empty() && !gain_.settled()) {
        const double factor = gain_.advance();
        frames[0] = scaled(frames[0], factor);
        frames[1] = scaled(frames[1], factor);
        frames = frames.subspan(2);
    }
    const double factor = gain_.value();
    if (factor == 0.0) {
        std::fill(frames.begin(), frames.end(), 0.0F);
    } else if (factor != 1.0) {
        for (float& sample : frames) sample = scaled(sample, factor);
    }
}

}  // namespace gecko::dsp
