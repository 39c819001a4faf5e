#include "dsp/response.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "dsp/decibels.hpp"
#include "tests/dsp/signals.hpp"

namespace gecko::dsp {
namespace {

using std::numbers::pi;
using test::kRates;

/// The analogue prototype of the cookbook at s = j tan(w/2) / tan(w0/2), which is where the bilinear transform puts
/// z = e^jw. Knows nothing of digital coefficients.
std::complex<double> by_substitution(const Band& band, double gain_db, double frequency_hz, double rate_hz) {
    const std::complex<double> s(
        0.0, std::tan(pi * frequency_hz / rate_hz) / std::tan(pi * band.frequency_hz / rate_hz));
    const double a = std::pow(10.0, gain_db / 40.0);
    const double q = band.q;
    switch (band.kind) {
        case BandKind::peaking:
            return (s * s + s * (a / q) + 1.0) / (s * s + s / (a * q) + 1.0);
        case BandKind::low_shelf:
            return a * (s * s + std::sqrt(a) / q * s + a) / (a * s * s + std::sqrt(a) / q * s + 1.0);
        case BandKind::high_shelf:
            return a * (a * s * s + std::sqrt(a) / q * s + 1.0) / (s * s + std::sqrt(a) / q * s + a);
    }
    return {};
}

TEST(Response, AgreesWithTheAnaloguePrototypeUnderTheBilinearSubstitution) {
    double worst = 0.0;
    for (const double rate : kRates) {
        for (std::size_t band = 0; band < kBandCount; ++band) {
            if (!test::has_room(kTenBands[band].frequency_hz, rate)) continue;
            for (const double gain : {-24.0, -12.0, -6.0, -0.1, 0.1, 6.0, 12.0}) {
                const Biquad filter = design_band(band, gain, rate);
                for (const double f : test::log_spaced(1.0, 0.499 * rate, 100)) {
                    const std::complex<double> expected = by_substitution(kTenBands[band], gain, f, rate);
                    const std::complex<double> ratio = response(filter, f, rate) / expected;
                    worst = std::max(worst, std::abs(ratio - 1.0));
                }
            }
        }
    }
    std::printf("largest deviation, gain and phase: %.1e (%.1e dB)\n", worst, to_db(1.0 + worst));
    EXPECT_LT(worst, 1e-8);
}

TEST(Response, IsSoundAt20HertzAnd192Kilohertz) {
    for (std::size_t band = 0; band < kBandCount; ++band) {
        const double expected = to_db(std::abs(by_substitution(kTenBands[band], 12.0, 20.0, 192000.0)));
        EXPECT_NEAR(response_db(design_band(band, 12.0, 192000.0), 20.0, 192000.0), expected, 1e-7);
    }
}

TEST(Response, OfASettingIsThePreampAndAllBandsTogether) {
    EqSettings settings{.gains_db = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10}, .preamp_db = -3.5};
    for (const double f : {20.0, 100.0, 1000.0, 3000.0, 12000.0}) {
        std::complex<double> product = from_db(-3.5);
        for (std::size_t band = 0; band < kBandCount; ++band) {
            product *= by_substitution(kTenBands[band], settings.gains_db[band], f, 48000.0);
        }
        EXPECT_NEAR(response_db(settings, f, 48000.0), to_db(std::abs(product)), 1e-7);
    }
    settings.bypass = true;
    EXPECT_EQ(response_db(settings, 1000.0, 48000.0), 0.0);
}

TEST(Response, OfFlatSettingsIsExactlyZero) {
    for (const double rate : {8000.0, 44100.0, 192000.0}) {
        for (const double f : test::log_spaced(10.0, rate / 2.0, 50)) {
            EXPECT_EQ(response_db(EqSettings{}, f, rate), 0.0) << f;
        }
    }
}

TEST(Decibels, AreExactAtUnityAndSilence) {
    EXPECT_EQ(from_db(0.0), 1.0);
    EXPECT_EQ(from_db(-std::numeric_limits<double>::infinity()), 0.0);
    EXPECT_DOUBLE_EQ(from_db(20.0), 10.0);
    EXPECT_DOUBLE_EQ(to_db(0.1), -20.0);
}

}  // namespace
}  // namespace gecko::dsp
