#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "dsp/decibels.hpp"
#include "dsp/equaliser.hpp"
#include "dsp/response.hpp"
#include "tests/dsp/signals.hpp"

namespace gecko::dsp {
namespace {

constexpr double kToleranceDb = 0.01;

/// What `gains` make of a unit impulse on the left channel, which is all there is of it after 0.35 s.
std::vector<double> impulse_response(const BandGains& gains, double rate) {
    TenBandEqualiser equaliser;
    equaliser.set_target(gains);
    equaliser.prepare(rate);
    std::vector<float> audio(2 * static_cast<std::size_t>(0.35 * rate));
    audio[0] = 1.0F;
    test::in_blocks(audio, 512, [&](std::span<float> block) { equaliser.process(block); });
    return test::channel(audio, 0);
}

class EqualiserResponse : public testing::TestWithParam<double> {};

TEST_P(EqualiserResponse, OfEachBandIsTheClosedFormOfItsDesign) {
    const double rate = GetParam();
    double worst = 0.0;
    for (std::size_t band = 0; band < kBandCount; ++band) {
        std::vector<double> frequencies = test::log_spaced(10.0, 0.495 * rate, 24);
        frequencies.push_back(kTenBands[band].frequency_hz);
        for (const double gain : {-24.0, -12.0, -6.0, -0.1, 0.1, 6.0, 12.0}) {
            EqSettings settings;
            settings.gains_db[band] = gain;
            const std::vector<double> measured = impulse_response(settings.gains_db, rate);
            for (const double f : frequencies) {
                const double deviation =
                    to_db(std::abs(test::spectrum_at(measured, f, rate))) - response_db(settings, f, rate);
                worst = std::max(worst, std::abs(deviation));
                EXPECT_NEAR(deviation, 0.0, kToleranceDb)
                    << "band " << kTenBands[band].frequency_hz << " Hz at " << gain << " dB, seen at " << f
                    << " Hz";
            }
        }
    }
    std::printf("largest deviation at %.0f Hz: %.1e dB\n", rate, worst);
}

TEST_P(EqualiserResponse, OfAllBandsTogetherIsTheClosedFormOfTheSetting) {
    const double rate = GetParam();
    const EqSettings settings{.gains_db = {6, -4, 12, -24, 3, 0, -2.5, 8, -12, 10}};
    const std::vector<double> measured = impulse_response(settings.gains_db, rate);
    for (const double f : test::log_spaced(10.0, 0.495 * rate, 100)) {
        EXPECT_NEAR(to_db(std::abs(test::spectrum_at(measured, f, rate))), response_db(settings, f, rate),
                    kToleranceDb)
            << f << " Hz";
    }
}

TEST_P(EqualiserResponse, OfASteadySineIsTheSameOnBothChannels) {
    const double rate = GetParam();
    EqSettings settings{.gains_db = {6, -4, 12, -24, 3, 0, -2.5, 8, -12, 10}};
    TenBandEqualiser equaliser;
    equaliser.set_target(settings.gains_db);
    equaliser.prepare(rate);
    const double f = rate / 100.0;  // whole periods
    std::vector<float> audio = test::sine(static_cast<std::size_t>(2.0 * rate), f, 0.1, rate);
    equaliser.process(audio);
    const std::span<const float> steady = std::span<const float>(audio).last(20000);
    for (const std::size_t side : {0U, 1U}) {
        const std::vector<double> samples = test::channel(steady, side);
        const double amplitude = std::abs(test::spectrum_at(samples, f, rate)) * 2.0 / 10000.0;
        EXPECT_NEAR(to_db(amplitude / 0.1), response_db(settings, f, rate), kToleranceDb)
            << "channel " << side;
    }
}

INSTANTIATE_TEST_SUITE_P(AtEachRate, EqualiserResponse,
                         testing::Values(8000.0, 44100.0, 48000.0, 88200.0, 96000.0, 176400.0, 192000.0),
                         [](const auto& param_info) {
                             return std::to_string(static_cast<int>(param_info.param));
                         });

}  // namespace
}  // namespace gecko::dsp
