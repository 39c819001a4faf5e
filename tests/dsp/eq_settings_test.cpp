#include "dsp/eq_settings.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gecko::dsp {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(EqSettings, ValuesOutOfRangeAreBroughtToItsEnds) {
    const EqSettings low{.gains_db = {-100, -24, 12, 13}, .preamp_db = -99};
    EXPECT_EQ(clamped(low), (EqSettings{.gains_db = {-24, -24, 12, 12}, .preamp_db = kMinPreampDb}));
    EXPECT_EQ(clamped({.preamp_db = 99}), EqSettings{.preamp_db = kMaxPreampDb});
}

TEST(EqSettings, ValuesWithinRangeStayAsTheyAre) {
    const EqSettings settings{
        .gains_db = {1, 2, 3, 4, 5, 6, 7, 8, 9, -10}, .preamp_db = -9.5, .bypass = true};
    EXPECT_EQ(clamped(settings), settings);
}

TEST(EqSettings, NanAndInfinityAreRejected) {
    for (const double bad : {kNan, kInfinity, -kInfinity}) {
        for (std::size_t band = 0; band < kBandCount; ++band) {
            EqSettings settings;
            settings.gains_db[band] = bad;
            EXPECT_FALSE(clamped(settings));
        }
        EXPECT_FALSE(clamped({.preamp_db = bad}));
    }
}

TEST(EqSettings, BypassTakesThePreampOutToo) {
    EXPECT_DOUBLE_EQ(preamp_factor({.preamp_db = -20.0}), 0.1);
    EXPECT_EQ(preamp_factor({.preamp_db = 0.0}), 1.0);
    EXPECT_EQ(preamp_factor({.preamp_db = -20.0, .bypass = true}), 1.0);
}

}  // namespace
}  // namespace gecko::dsp
