#include <gtest/gtest.h>

#include "shm/layout.hpp"

namespace gecko::shm {
namespace {

TEST(Geometry, TheMixRingFollowsTheTwentyByteHeaderAtOnce) {
    EXPECT_EQ(Geometry::pcm_offset(), 20u);
    EXPECT_EQ(sizeof(Header), 20u);
}

TEST(Geometry, TheDefaultRingIs65536StereoFramesAndTheControlBlockIsAligned) {
    const auto geometry = Geometry::of(kDefaultFrames, 2);
    ASSERT_TRUE(geometry);
    EXPECT_EQ(geometry->samples(), 131'072u);
    EXPECT_EQ(geometry->control_offset() % 128, 0u);
    EXPECT_GE(geometry->control_offset(), 20u + 131'072u * 4u);
    EXPECT_LT(geometry->control_offset(), 20u + 131'072u * 4u + 128u);
    EXPECT_EQ(geometry->segment_bytes(), geometry->client_ring_offset(15) + geometry->ring_bytes());
}

TEST(Geometry, DimensionsThatCannotBeIndexedWithAMaskAreRefused) {
    EXPECT_FALSE(Geometry::of(0, 2));
    EXPECT_FALSE(Geometry::of(512, 2));
    EXPECT_FALSE(Geometry::of(65'535, 2));
    EXPECT_FALSE(Geometry::of(1u << 21, 2));
    EXPECT_FALSE(Geometry::of(UINT32_MAX, 2));
    EXPECT_FALSE(Geometry::of(65'536, 0));
    EXPECT_FALSE(Geometry::of(65'536, 9));
    EXPECT_FALSE(Geometry::of(65'536, 2, kClientRings + 1));
    EXPECT_TRUE(Geometry::of(1u << 20, 8));
}

}  // namespace
}  // namespace gecko::shm
