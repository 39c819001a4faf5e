#include "dsp/design.hpp"

#include <cmath>
#include <numbers>

namespace gecko::dsp {
namespace {

// The cookbook's six coefficients before normalisation.
struct Raw {
    double b0, b1, b2, a0, a1, a2;
};

// https://www.w3.org/TR/audio-eq-cookbook/, peakingEQ.
Raw peaking(double cosine, double alpha, double amplitude) noexcept GECKO_NONBLOCKING {
    const double middle = -2.0 * cosine;
    return {1.0 + alpha * amplitude, middle, 1.0 - alpha * amplitude,
            1.0 + alpha / amplitude, middle, 1.0 - alpha / amplitude};
}

// The same, lowShelf; `sign` -1 turns it into highShelf (z becomes -z).
Raw shelf(double sign, double cosine, double alpha, double amplitude) noexcept GECKO_NONBLOCKING {
    const double c = sign * cosine;
    const double plus = amplitude + 1.0;
    const double minus = amplitude - 1.0;
    const double slope = 2.0 * std::sqrt(amplitude) * alpha;
    return {amplitude * (plus - minus * c + slope), sign * 2.0 * amplitude * (minus - plus * c),
            amplitude * (plus - minus * c - slope), plus + minus * c + slope,
            sign * -2.0 * (minus + plus * c),       plus + minus * c - slope};
}

}  // namespace

Biquad design(BandKind kind, double frequency_hz, double q, double gain_db,
              double rate_hz) noexcept GECKO_NONBLOCKING {
    if (frequency_hz >= kHighestDesignFraction * rate_hz) {
        return {.b0 = kind == BandKind::low_shelf ? std::pow(10.0, gain_db / 20.0) : 1.0};
    }
    const double w0 = 2.0 * std::numbers::pi * frequency_hz / rate_hz;
    const double cosine = std::cos(w0);
    const double alpha = std::sin(w0) / (2.0 * q);
    const double amplitude = std::pow(10.0, std::abs(gain_db) / 40.0);

    Raw raw = kind == BandKind::peaking
                  ? peaking(cosine, alpha, amplitude)
                  : shelf(kind == BandKind::low_shelf ? 1.0 : -1.0, cosine, alpha, amplitude);
    if (gain_db < 0.0) raw = {raw.a0, raw.a1, raw.a2, raw.b0, raw.b1, raw.b2};
    return {raw.b0 / raw.a0, raw.b1 / raw.a0, raw.b2 / raw.a0, raw.a1 / raw.a0, raw.a2 / raw.a0};
}

}  // namespace gecko::dsp
