// Statements about the volume's curve, the two controls, and what reaches the control block.
#include "driver/volume.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(VolumeCurve, IsLinearInDecibels) {
    EXPECT_EQ(decibels_of(0.0f), -64.0f);
    EXPECT_EQ(decibels_of(0.25f), -48.0f);
    EXPECT_EQ(decibels_of(0.5f), -32.0f);
    EXPECT_EQ(decibels_of(1.0f), 0.0f);
    for (int i = 0; i <= 1000; ++i) {
        const float scalar = static_cast<float>(i) / 1000.0f;
        EXPECT_NEAR(scalar_of(decibels_of(scalar)), scalar, 1e-6f);
    }
}

TEST(VolumeCurve, IsUnityExactlyAtTheTopAndSilentAtTheBottom) {
    EXPECT_EQ(gain_of(1.0f), 1.0f);
    EXPECT_EQ(gain_of(0.0f), 0.0f);
    for (int i = 1; i < 1000; ++i) {
        const float scalar = static_cast<float>(i) / 1000.0f;
        EXPECT_NEAR(20.0 * std::log10(double{gain_of(scalar)}), double{decibels_of(scalar)}, 1e-4);
        EXPECT_LT(gain_of(scalar), gain_of(scalar + 0.001f));
    }
}

TEST(VolumeCurve, ClampsWhatIsOutOfRangeAndTakesNaNForTheLowest) {
    EXPECT_EQ(decibels_of(-1.0f), -64.0f);
    EXPECT_EQ(decibels_of(2.0f), 0.0f);
    EXPECT_EQ(decibels_of(kNaN), -64.0f);
    EXPECT_EQ(scalar_of(-100.0f), 0.0f);
    EXPECT_EQ(scalar_of(6.0f), 1.0f);
    EXPECT_EQ(scalar_of(kNaN), 0.0f);
    EXPECT_EQ(gain_of(-1.0f), 0.0f);
    EXPECT_EQ(gain_of(kNaN), 0.0f);
}

class VolumeControl : public DriverTest {
  protected:
    using Changes = std::vector<FakeHost::Change>;
    Changes volume_changes() { return {{kVolumeId, "lcsv"_cc}, {kVolumeId, "lcdv"_cc}}; }
};

TEST_F(VolumeControl, IsAtFullAtFirstFromMinus64To0Decibels) {
    EXPECT_EQ(get<Float32>(kVolumeId, global("lcsv"_cc)), 1.0f);
    EXPECT_EQ(get<Float32>(kVolumeId, global("lcdv"_cc)), 0.0f);
    const auto range = get<AudioValueRange>(kVolumeId, global("lcdr"_cc));
    EXPECT_EQ(range.mMinimum, -64.0);
    EXPECT_EQ(range.mMaximum, 0.0);
}

TEST_F(VolumeControl, SetEitherWayReadsBothWaysAndNotifiesBoth) {
    EXPECT_EQ(set(kVolumeId, global("lcsv"_cc), 0.5f), 0);
    EXPECT_EQ(get<Float32>(kVolumeId, global("lcdv"_cc)), -32.0f);
    EXPECT_TRUE(host_.take_changes().empty()) << "told on the caller's stack";
    drain();
    EXPECT_EQ(host_.take_changes(), volume_changes());

    EXPECT_EQ(set(kVolumeId, global("lcdv"_cc), -16.0f), 0);
    EXPECT_EQ(get<Float32>(kVolumeId, global("lcsv"_cc)), 0.75f);
    drain();
    EXPECT_EQ(host_.take_changes(), volume_changes());
}

TEST_F(VolumeControl, SetToWhatItIsNotifiesNobody) {
    EXPECT_EQ(set(kVolumeId, global("lcsv"_cc), 1.0f), 0);
    EXPECT_EQ(set(kVolumeId, global("lcdv"_cc), 3.0f), 0);
    EXPECT_EQ(set(kMuteId, global("bcvl"_cc), UInt32{0}), 0);
    EXPECT_FALSE(drain());
}

TEST_F(VolumeControl, RefusesNaN) {
    EXPECT_EQ(set(kVolumeId, global("lcsv"_cc), kNaN), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(set(kVolumeId, global("lcdv"_cc), kNaN), kAudioHardwareIllegalOperationError);
    EXPECT_EQ(get<Float32>(kVolumeId, global("lcsv"_cc)), 1.0f);
}

TEST_F(VolumeControl, ConvertsInPlace) {
    const auto convert = [&](Selector selector, Float32 value) {
        const Address address = global(selector);
        UInt32 written = 0;
        EXPECT_EQ(interface().GetPropertyData(ref(), kVolumeId, 0, &address, 0, nullptr, sizeof value,
                                              &written, &value),
                  0);
        return value;
    };
    EXPECT_EQ(convert("lcsd"_cc, 0.5f), -32.0f);
    EXPECT_EQ(convert("lcds"_cc, -32.0f), 0.5f);
    EXPECT_EQ(convert("lcsd"_cc, kNaN), -64.0f);
    EXPECT_EQ(get<Float32>(kVolumeId, global("lcsv"_cc)), 1.0f) << "converting sets nothing";
}

TEST_F(VolumeControl, MuteNotifiesAndAnyValueButZeroMutes) {
    EXPECT_EQ(set(kMuteId, global("bcvl"_cc), UInt32{5}), 0);
    EXPECT_EQ(get<UInt32>(kMuteId, global("bcvl"_cc)), 1u);
    drain();
    EXPECT_EQ(host_.take_changes(), (Changes{{kMuteId, "bcvl"_cc}}));
}

TEST_F(VolumeControl, ReachesTheAppAtAttachAndAtEachChange) {
    EXPECT_EQ(set(kVolumeId, global("lcsv"_cc), 0.5f), 0);
    EXPECT_EQ(set(kMuteId, global("bcvl"_cc), UInt32{1}), 0);
    SegmentOfTest app;
    ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app.request(), 100), 0);
    EXPECT_EQ(app.reader().state().volume, gain_of(0.5f));
    EXPECT_TRUE(app.reader().state().muted);
    EXPECT_EQ(set(kMuteId, global("bcvl"_cc), UInt32{0}), 0);
    EXPECT_EQ(set(kVolumeId, global("lcdv"_cc), 0.0f), 0);
    EXPECT_EQ(app.reader().state().volume, 1.0f);
    EXPECT_FALSE(app.reader().state().muted);
}

}  // namespace
}  // namespace gecko::driver::test
