#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "tests/minihal/cf/cf_owner.hpp"

namespace {

TEST(Numbers, GiveBackWhatTheyWereMadeOf) {
    const float rate = 44'100.0F;
    const Owner number(CFNumberCreate(nullptr, kCFNumberFloat32Type, &rate));
    float back = 0.0F;
    EXPECT_TRUE(CFNumberGetValue(*number, kCFNumberFloat32Type, &back));
    EXPECT_EQ(back, rate);
    EXPECT_EQ(CFNumberGetType(*number), kCFNumberFloat32Type);
    EXPECT_TRUE(CFNumberIsFloatType(*number));

    const int16_t channels = -2;
    const Owner small(CFNumberCreate(nullptr, kCFNumberShortType, &channels));
    int64_t wide = 0;
    EXPECT_TRUE(CFNumberGetValue(*small, kCFNumberSInt64Type, &wide));
    EXPECT_EQ(wide, -2);
    EXPECT_EQ(CFNumberGetType(*small), kCFNumberSInt16Type);
    EXPECT_FALSE(CFNumberIsFloatType(*small));
}

TEST(Numbers, SayWhenAConversionLosesSomething) {
    int32_t narrow = 0;
    EXPECT_FALSE(CFNumberGetValue(*make_integer(1LL << 40), kCFNumberSInt32Type, &narrow));
    EXPECT_FALSE(CFNumberGetValue(*make_real(2.5), kCFNumberSInt32Type, &narrow));
    EXPECT_EQ(narrow, 2);
    EXPECT_TRUE(CFNumberGetValue(*make_real(-3.0), kCFNumberSInt32Type, &narrow));
    EXPECT_EQ(narrow, -3);
    EXPECT_FALSE(CFNumberGetValue(*make_real(1e300), kCFNumberSInt32Type, &narrow));
    EXPECT_EQ(narrow, std::numeric_limits<int32_t>::max());
    EXPECT_FALSE(CFNumberGetValue(*make_real(-1e300), kCFNumberSInt32Type, &narrow));
    EXPECT_EQ(narrow, std::numeric_limits<int32_t>::min());
    EXPECT_FALSE(CFNumberGetValue(*make_real(std::nan("")), kCFNumberSInt32Type, &narrow));

    double wide = 0.0;
    EXPECT_TRUE(CFNumberGetValue(*make_integer(1LL << 53), kCFNumberFloat64Type, &wide));
    EXPECT_FALSE(CFNumberGetValue(*make_integer((1LL << 53) + 1), kCFNumberFloat64Type, &wide));
    EXPECT_FALSE(
        CFNumberGetValue(*make_integer(std::numeric_limits<int64_t>::max()), kCFNumberFloat64Type, &wide));
    float thin = 0.0F;
    EXPECT_FALSE(CFNumberGetValue(*make_real(0.1), kCFNumberFloat32Type, &thin));
}

TEST(Numbers, OfEqualValueAreEqualWhateverTheirType) {
    EXPECT_TRUE(CFEqual(*make_integer(48'000), *make_real(48'000.0)));
    EXPECT_EQ(CFHash(*make_integer(48'000)), CFHash(*make_real(48'000.0)));
    EXPECT_FALSE(CFEqual(*make_integer(1), *make_real(1.5)));
    EXPECT_FALSE(CFEqual(*make_integer(std::numeric_limits<int64_t>::max()), *make_real(0x1p63)));
    EXPECT_TRUE(CFEqual(*make_real(std::nan("")), *make_real(std::nan(""))));
    EXPECT_TRUE(CFEqual(*make_real(0.0), *make_real(-0.0)));
    EXPECT_EQ(CFHash(*make_real(0.0)), CFHash(*make_real(-0.0)));
}

TEST(Numbers, AreMadeOfKnownTypesOnly) {
    const int64_t value = 0;
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): what is tested
    EXPECT_EQ(CFNumberCreate(nullptr, static_cast<CFNumberType>(99), &value), nullptr);
    EXPECT_EQ(CFNumberCreate(nullptr, kCFNumberSInt64Type, nullptr), nullptr);
}

TEST(Numbers, BooleansAreTwoObjects) {
    EXPECT_TRUE(CFBooleanGetValue(kCFBooleanTrue));
    EXPECT_FALSE(CFBooleanGetValue(kCFBooleanFalse));
    EXPECT_FALSE(CFEqual(kCFBooleanTrue, kCFBooleanFalse));
    EXPECT_EQ(CFGetTypeID(kCFBooleanTrue), CFBooleanGetTypeID());
}

}  // namespace
