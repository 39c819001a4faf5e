#include "dsp/response.hpp"

#include <cmath>
#include <numbers>

#include "dsp/decibels.hpp"

namespace gecko::dsp {
namespace {

// e^{jw} (c0 + c1 e^{-jw} + c2 e^{-2jw}), where versine is 1 - cos w and sum is c0 + c1 + c2.
std::complex<double> turned(double c0, double c1, double c2, double versine, double sine) noexcept {
    const double sum = (c0 + c2) + c1;
    return {sum - (c0 + c2) * versine, (c0 - c2) * sine};
}

}  // namespace

std::complex<double> response(const Biquad& filter, double frequency_hz, double rate_hz) noexcept {
    const double w = 2.0 * std::numbers::pi * frequency_hz / rate_hz;
    const double half_sine = std::sin(w / 2.0);
    const double versine = 2.0 * half_sine * half_sine;
    const double sine = std::sin(w);
    return turned(filter.b0, filter.b1, filter.b2, versine, sine) /
           turned(1.0, filter.a1, filter.a2, versine, sine);
}

double response_db(const Biquad& filter, double frequency_hz, double rate_hz) noexcept {
    return to_db(std::abs(response(filter, frequency_hz, rate_hz)));
}

double response_db(const EqSettings& settings, double frequency_hz, double rate_hz) noexcept {
    if (settings.bypass) return 0.0;
    double sum = settings.preamp_db;
    for (std::size_t band = 0; band < kBandCount; ++band) {
        sum += response_db(design_band(band, settings.gains_db[band], rate_hz), frequency_hz, rate_hz);
    }
    return sum;
}

}  // namespace gecko::dsp
