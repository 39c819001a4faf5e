#include "dsp/denormals.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gecko::dsp {
namespace {

double half_of_the_smallest_normal_number() {
    volatile double smallest = std::numeric_limits<double>::min();
    volatile double half = smallest * 0.5;
    return half;
}

TEST(FlushDenormals, MakesDenormalsZeroAndThenRestoresTheMode) {
    ASSERT_NE(half_of_the_smallest_normal_number(), 0.0);
    {
        const FlushDenormals outer;
        EXPECT_EQ(half_of_the_smallest_normal_number(), 0.0);
        {
            const FlushDenormals inner;
        }
        EXPECT_EQ(half_of_the_smallest_normal_number(), 0.0) << "an inner guard undid the outer one";
    }
    EXPECT_NE(half_of_the_smallest_normal_number(), 0.0);
}

TEST(FlushDenormals, TakesDenormalOperandsAsZero) {
    volatile double denormal = std::numeric_limits<double>::denorm_min() * 1000.0;
    const FlushDenormals guard;
    volatile double scaled = denormal * 1e300;
    EXPECT_EQ(scaled, 0.0);
}

}  // namespace
}  // namespace gecko::dsp
