#include "dsp/design.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <random>

#include "dsp/response.hpp"
#include "dsp/ten_band.hpp"
#include "tests/dsp/signals.hpp"

namespace gecko::dsp {
namespace {

using test::kRates;

TEST(Design, ZeroDecibelsMakesNumeratorAndDenominatorEqualBitForBit) {
    for (const double rate : kRates) {
        for (std::size_t band = 0; band < kBandCount; ++band) {
            const Biquad filter = design_band(band, 0.0, rate);
            EXPECT_EQ(filter.b0, 1.0) << "band " << band << " at " << rate;
            EXPECT_EQ(filter.b1, filter.a1) << "band " << band << " at " << rate;
            EXPECT_EQ(filter.b2, filter.a2) << "band " << band << " at " << rate;
        }
    }
}

TEST(Design, ACutIsTheInverseOfTheBoostOfTheSameSize) {
    for (const double rate : kRates) {
        for (std::size_t band = 0; band < kBandCount; ++band) {
            for (const double gain : {0.1, 3.0, 12.0, 24.0}) {
                const Biquad boost = design_band(band, gain, rate);
                const Biquad cut = design_band(band, -gain, rate);
                // b and a change places; only the common factor b0 and its rounding differ.
                EXPECT_NEAR(cut.b0 * boost.b0, 1.0, 4e-16);
                EXPECT_NEAR(cut.a1 * boost.b0, boost.b1, 2e-15 * boost.b0);
                EXPECT_NEAR(cut.a2 * boost.b0, boost.b2, 2e-15 * boost.b0);
                EXPECT_NEAR(cut.b1 * boost.b0, boost.a1, 2e-15);
                EXPECT_NEAR(cut.b2 * boost.b0, boost.a2, 2e-15);
            }
        }
    }
}

TEST(Design, APeakHasItsWholeGainInTheMiddleAndAShelfHalfOfIt) {
    for (const double rate : kRates) {
        for (std::size_t band = 0; band < kBandCount; ++band) {
            const Band& b = kTenBands[band];
            if (!test::has_room(b.frequency_hz, rate)) continue;
            for (const double gain : {-24.0, -0.1, 6.0, 12.0}) {
                const double there = response_db(design_band(band, gain, rate), b.frequency_hz, rate);
                EXPECT_NEAR(there, b.kind == BandKind::peaking ? gain : gain / 2.0, 1e-7)
                    << "band " << band << " at " << rate;
            }
        }
    }
}

TEST(Design, ABandThatTheRateLeavesNoRoomForDoesNothingAtAll) {
    int without_room = 0;
    for (const double rate : kRates) {
        for (std::size_t band = 0; band < kBandCount; ++band) {
            if (test::has_room(kTenBands[band].frequency_hz, rate)) continue;
            ++without_room;
            for (const double gain : {-24.0, 12.0}) EXPECT_EQ(design_band(band, gain, rate), Biquad{});
        }
    }
    EXPECT_EQ(without_room, 3 + 2 + 1 + 1)
        << "4, 8 and 16 kHz at a rate of 8 kHz; 8 and 16 at 16; 16 at 24 and 32";
}

TEST(Design, FarFromItsFrequencyABandIsFlat) {
    EXPECT_NEAR(response_db(design(BandKind::low_shelf, 31.0, 0.707, 12.0, 48000.0), 0.0, 48000.0), 12.0,
                1e-6);
    EXPECT_NEAR(response_db(design(BandKind::low_shelf, 31.0, 0.707, 12.0, 48000.0), 24000.0, 48000.0), 0.0,
                1e-6);
    EXPECT_NEAR(response_db(design(BandKind::high_shelf, 16000.0, 0.707, 12.0, 48000.0), 0.0, 48000.0), 0.0,
                1e-6);
    EXPECT_NEAR(response_db(design(BandKind::high_shelf, 16000.0, 0.707, 12.0, 48000.0), 24000.0, 48000.0),
                12.0, 1e-6);
    EXPECT_NEAR(response_db(design(BandKind::peaking, 1000.0, 1.41, 12.0, 48000.0), 0.0, 48000.0), 0.0, 1e-6);
    EXPECT_NEAR(response_db(design(BandKind::peaking, 1000.0, 1.41, 12.0, 48000.0), 24000.0, 48000.0), 0.0,
                1e-6);
}

TEST(Design, BandsThatTheRateHasNoRoomForDoNothing) {
    constexpr double kRate = 8000.0;
    for (std::size_t band = 0; band < kBandCount; ++band) {
        const bool has_room = kTenBands[band].frequency_hz < kHighestDesignFraction * kRate;
        EXPECT_EQ(has_room, band < 7);
        EXPECT_EQ(design_band(band, 12.0, kRate) == Biquad{}, !has_room) << "band " << band;
    }
    EXPECT_EQ(design(BandKind::low_shelf, 4000.0, 0.707, 20.0, kRate), Biquad{.b0 = 10.0});
}

TEST(Design, NoBandGoesBeyondItsGainWhereverItsFrequencyLies) {
    for (const BandKind kind : {BandKind::low_shelf, BandKind::peaking, BandKind::high_shelf}) {
        for (const double frequency : test::log_spaced(10.0, 60000.0, 200)) {
            const double q = kind == BandKind::peaking ? 1.41 : 0.707;
            const Biquad filter = design(kind, frequency, q, 12.0, 48000.0);
            for (const double f : test::log_spaced(10.0, 24000.0, 50)) {
                EXPECT_LE(response_db(filter, f, 48000.0), 12.0 + 1e-6) << frequency << " Hz, seen at " << f;
                EXPECT_GE(response_db(filter, f, 48000.0), -1e-6) << frequency << " Hz, seen at " << f;
            }
        }
    }
}

TEST(Design, EveryFilterIsStable) {
    std::mt19937_64 random(test::seed());
    std::uniform_real_distribution<double> octave(-11.5, -1.0);
    std::uniform_real_distribution<double> log_q(-1.0, 1.5);
    std::uniform_real_distribution<double> gain(-40.0, 40.0);
    for (int i = 0; i < 100000; ++i) {
        const auto kind = static_cast<BandKind>(i % 3);
        const double f = std::exp2(octave(random));
        const Biquad filter = design(kind, f, std::pow(10.0, log_q(random)), gain(random), 1.0);
        ASSERT_LT(std::abs(filter.a2), 1.0) << "trial " << i;
        ASSERT_LT(std::abs(filter.a1), 1.0 + filter.a2) << "trial " << i;
    }
}

}  // namespace
}  // namespace gecko::dsp
