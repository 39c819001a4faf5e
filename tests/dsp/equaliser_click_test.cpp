#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "dsp/decibels.hpp"
#include "dsp/equaliser.hpp"
#include "tests/dsp/signals.hpp"

// A tone of 100 Hz has nothing above 4 kHz; what appears there while a parameter changes is the click.

namespace gecko::dsp {
namespace {

constexpr double kToneHz = 100.0;
const double kToneAmplitude = from_db(-12.0);

/// The click, in dBFS, that `change` makes, called with the index of each block of 7 ms.
double click_dbfs(double rate, const std::function<void(TenBandEqualiser&, std::size_t)>& change) {
    TenBandEqualiser equaliser;
    equaliser.prepare(rate);
    std::vector<float> audio =
        test::sine(static_cast<std::size_t>(0.7 * rate), kToneHz, kToneAmplitude, rate);
    std::size_t index = 0;
    test::in_blocks(audio, static_cast<std::size_t>(0.007 * rate), [&](std::span<float> block) {
        change(equaliser, index++);
        equaliser.process(block);
    });
    return std::max(test::residual_above_4khz_dbfs(test::channel(audio, 0), rate),
                    test::residual_above_4khz_dbfs(test::channel(audio, 1), rate));
}

TEST(EqualiserClicks, TheMeasurementSeesNothingInAnUntouchedToneAndSeesAHardSwitch) {
    EXPECT_LT(click_dbfs(48000.0, [](TenBandEqualiser&, std::size_t) {}), -140.0);

    // The same filter, its coefficients exchanged from one sample to the next (in transposed direct form II, at a crest).
    const std::vector<double> input = test::channel(test::sine(24000, kToneHz, kToneAmplitude, 48000.0), 0);
    std::vector<double> output;
    double s1 = 0.0;
    double s2 = 0.0;
    for (const double x : input) {
        const Biquad f = design_band(2, output.size() < 12120 ? 0.0 : 12.0, 48000.0);
        const double y = f.b0 * x + s1;
        s1 = f.b1 * x - f.a1 * y + s2;
        s2 = f.b2 * x - f.a2 * y;
        output.push_back(y);
    }
    const double click = test::residual_above_4khz_dbfs(output, 48000.0);
    std::printf("hard switch: %.1f dBFS\n", click);
    EXPECT_GT(click, -70.0);
}

class EqualiserClicksAtRate : public testing::TestWithParam<double> {};

TEST_P(EqualiserClicksAtRate, ABandMovedByTwelveDecibelsStaysBelow120) {
    for (const double from : {0.0, -12.0}) {
        const double click = click_dbfs(GetParam(), [from](TenBandEqualiser& equaliser, std::size_t block) {
            if (block == 0) equaliser.set_target({0, 0, from});
            if (block == 30) equaliser.set_target({0, 0, from + 12.0});
        });
        std::printf("125 Hz band %+.0f -> %+.0f dB at %.0f Hz: %.1f dBFS\n", from, from + 12.0, GetParam(),
                    click);
        EXPECT_LT(click, -120.0);
    }
}

TEST_P(EqualiserClicksAtRate, ABandMovedBackToZeroDecibelsAndSkippedStaysBelow120) {
    const double click = click_dbfs(GetParam(), [](TenBandEqualiser& equaliser, std::size_t block) {
        if (block == 0) equaliser.set_target({12, 12, 12});
        if (block == 20) equaliser.set_target({});
        if (block == 99) {
            EXPECT_TRUE(equaliser.is_identity());
        }
    });
    std::printf("three low bands +12 -> 0 dB at %.0f Hz: %.1f dBFS\n", GetParam(), click);
    EXPECT_LT(click, -120.0);
}

TEST_P(EqualiserClicksAtRate, ADragWithANewTargetInTheMiddleOfEachMoveStaysBelow120) {
    const double click = click_dbfs(GetParam(), [](TenBandEqualiser& equaliser, std::size_t block) {
        const double swing = 6.0 * std::sin(0.7 * static_cast<double>(block));
        if (block >= 20 && block < 60) equaliser.set_target({0, 0, swing, -swing});
    });
    std::printf("drag at %.0f Hz: %.1f dBFS\n", GetParam(), click);
    EXPECT_LT(click, -120.0);
}

TEST_P(EqualiserClicksAtRate, AWholePresetStaysBelow110) {
    const double click = click_dbfs(GetParam(), [](TenBandEqualiser& equaliser, std::size_t block) {
        if (block == 10) equaliser.set_target({6, 5, 3.5, 1.5, 1, -1, -3, 2, 4, 6});
        if (block == 40) equaliser.set_target({-12, -6, -1, -2, 0, 1.5, 3, 3.5, 0, -4});
        if (block == 70) equaliser.set_target({3.5, 4, 2.5, 0, -1.5, -1, 1, 2.5, 3.5, 3});
    });
    std::printf("presets at %.0f Hz: %.1f dBFS\n", GetParam(), click);
    EXPECT_LT(click, -110.0);
}

TEST_P(EqualiserClicksAtRate, EvenAllBandsFromOneEndToTheOtherStayBelow75) {
    // The tone itself reaches +6 dBFS and falls by more than 40 dB within 20 ms.
    const double click = click_dbfs(GetParam(), [](TenBandEqualiser& equaliser, std::size_t block) {
        if (block == 10) equaliser.set_target({12, 12, 12, 12, 12, 12, 12, 12, 12, 12});
        if (block == 50) equaliser.set_target({-24, -24, -24, -24, -24, -24, -24, -24, -24, -24});
    });
    std::printf("all bands +12 -> -24 dB at %.0f Hz: %.1f dBFS\n", GetParam(), click);
    EXPECT_LT(click, -75.0);
}

TEST_P(EqualiserClicksAtRate, TrebleBandsFromOneEndToTheOtherUnderABassToneStayBelow90) {
    const double click = click_dbfs(GetParam(), [](TenBandEqualiser& equaliser, std::size_t block) {
        if (block == 20) equaliser.set_target({0, 0, 0, 0, 0, 0, 0, 12, 12, 12});
        if (block == 60) equaliser.set_target({0, 0, 0, 0, 0, 0, 0, -24, -24, -24});
    });
    std::printf("treble bands at %.0f Hz: %.1f dBFS\n", GetParam(), click);
    EXPECT_LT(click, -90.0);
}

TEST_P(EqualiserClicksAtRate, BypassStaysBelow110) {
    const double click = click_dbfs(GetParam(), [](TenBandEqualiser& equaliser, std::size_t block) {
        if (block == 0) equaliser.set_target({6, 5, 8, 1.5, 1, -1, -3, 2, 4, 6});
        if (block == 30) equaliser.set_bypass(true);
        if (block == 50) equaliser.set_bypass(false);
        if (block == 70) equaliser.set_bypass(true);
        if (block == 72) equaliser.set_bypass(false);
    });
    std::printf("bypass at %.0f Hz: %.1f dBFS\n", GetParam(), click);
    EXPECT_LT(click, -110.0);
}

INSTANTIATE_TEST_SUITE_P(AtSomeRates, EqualiserClicksAtRate,
                         testing::Values(44100.0, 48000.0, 96000.0, 192000.0), [](const auto& param_info) {
                             return std::to_string(static_cast<int>(param_info.param));
                         });

}  // namespace
}  // namespace gecko::dsp
