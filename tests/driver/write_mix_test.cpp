// Statements about the way of the mix: from WriteMix to what an app's reader sees.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "driver_fixture.hpp"
#include "segment_of_test.hpp"

namespace gecko::driver::test {
namespace {

constexpr std::uint64_t kRing = SegmentOfTest::kFrames;

/// The sample that these tests put at a frame; never silence.
float left_at(std::uint64_t frame) {
    return static_cast<float>(frame % 8'000'000 + 1);
}

std::vector<float> counted(std::uint64_t first, std::size_t frames) {
    std::vector<float> pcm;
    for (std::uint64_t frame = first; frame < first + frames; ++frame) {
        pcm.push_back(left_at(frame));
        pcm.push_back(-left_at(frame));
    }
    return pcm;
}

class WriteMix : public DriverTest {
  protected:
    void SetUp() override {
        DriverTest::SetUp();
        ASSERT_EQ(set(kDeviceId, global("gshm"_cc), app_.request(), 100), 0);
        ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    }
    std::uint64_t position() { return app_.reader().state().position; }
    std::vector<float> read(std::uint64_t first, std::size_t frames) {
        std::vector<float> pcm(frames * 2, 99.0f);
        const auto result = app_.reader().copy(first, pcm);
        EXPECT_EQ(result.overtaken, 0u);
        EXPECT_EQ(result.late, 0u);
        return pcm;
    }

    SegmentOfTest app_;
};

TEST_F(WriteMix, CyclesOfAnySizeComeOutSampleForSampleAcrossEveryWrap) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::uint64_t time = 0;
    for (int cycle = 0; cycle < 3'000; ++cycle) {
        const std::size_t frames = 1 + random() % 700;
        ASSERT_EQ(write_mix(static_cast<double>(time), counted(time, frames)), 0);
        time += frames;
        ASSERT_EQ(position(), time);
        ASSERT_EQ(read(time - frames, frames), counted(time - frames, frames));
        ASSERT_EQ(app_.view().header->write_head.load(), time % kRing * 2);
    }
}

TEST_F(WriteMix, FirstCycleIsPositionZeroWhateverItsSampleTime) {
    ASSERT_EQ(write_mix(123'456, counted(0, 50)), 0);
    EXPECT_EQ(position(), 50u);
    EXPECT_EQ(read(0, 50), counted(0, 50));
}

TEST_F(WriteMix, AHoleIsSilence) {
    ASSERT_EQ(write_mix(0, counted(0, 1'000)), 0);  // what lay in the ring must not show through
    ASSERT_EQ(write_mix(1'100, counted(1'100, 50)), 0);
    EXPECT_EQ(position(), 1'150u);
    EXPECT_EQ(read(1'000, 100), std::vector<float>(200, 0.0f));
    EXPECT_EQ(read(1'100, 50), counted(1'100, 50));
}

TEST_F(WriteMix, OfAnOverlapTheFramesThatAreAlreadyThereStay) {
    ASSERT_EQ(write_mix(0, counted(0, 100)), 0);
    ASSERT_EQ(write_mix(80, counted(5'000, 100)), 0);
    EXPECT_EQ(position(), 180u);
    EXPECT_EQ(read(0, 100), counted(0, 100));
    EXPECT_EQ(read(100, 80), counted(5'020, 80));
}

TEST_F(WriteMix, ACycleThatIsWhollyLateIsIgnored) {
    ASSERT_EQ(write_mix(0, counted(0, 200)), 0);
    ASSERT_EQ(write_mix(50, counted(5'000, 100)), 0);
    EXPECT_EQ(position(), 200u);
    EXPECT_EQ(read(0, 200), counted(0, 200));
}

TEST_F(WriteMix, AJumpOfARingOrMoreBeginsATimeLineAndLosesNoPosition) {
    ASSERT_EQ(write_mix(0, counted(0, 100)), 0);
    for (const double jump : {1e6, 5.0, -70'000.0}) {
        const std::uint64_t before = position();
        ASSERT_EQ(write_mix(jump, counted(7'000, 100)), 0);
        EXPECT_EQ(position(), before + 100);
        EXPECT_EQ(app_.reader().time_line()->start, before);
        EXPECT_EQ(read(before, 100), counted(7'000, 100));
    }
}

TEST_F(WriteMix, OfACycleLongerThanTheRingItsEndIsKept) {
    ASSERT_EQ(write_mix(0, counted(0, 10)), 0);
    ASSERT_EQ(write_mix(10, counted(10, 3 * kRing + 7)), 0);
    EXPECT_EQ(position(), 3 * kRing + 17);
    EXPECT_EQ(read(position() - kRing, kRing), counted(position() - kRing, kRing));
}

TEST_F(WriteMix, SampleTimesThatAreNoneAreRefusedAndChangeNothing) {
    ASSERT_EQ(write_mix(0, counted(0, 10)), 0);
    for (const double time :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity(), 1e300, -1e300, 9.3e18, 1e16})
        EXPECT_EQ(write_mix(time, counted(50, 10)), kAudioHardwareUnspecifiedError) << time;
    EXPECT_EQ(position(), 10u);
    EXPECT_EQ(read(0, 10), counted(0, 10));
}

TEST_F(WriteMix, SampleTimesAreRoundedToTheNearestFrame) {
    ASSERT_EQ(write_mix(-10.2, counted(0, 10)), 0);
    ASSERT_EQ(write_mix(-0.0001, counted(10, 10)), 0);
    ASSERT_EQ(write_mix(9.6, counted(20, 10)), 0);
    EXPECT_EQ(position(), 30u);
    EXPECT_EQ(read(0, 30), counted(0, 30));
}

TEST_F(WriteMix, AnEmptyCycleIsNothing) {
    ASSERT_EQ(write_mix(0, counted(0, 10)), 0);
    AudioServerPlugInIOCycleInfo cycle{};
    cycle.mOutputTime.mSampleTime = 900;
    float sample = 0;
    EXPECT_EQ(
        interface().DoIOOperation(ref(), kDeviceId, kStreamId, 0, "rite"_cc, 0, &cycle, &sample, nullptr), 0);
    EXPECT_EQ(position(), 10u);
}

TEST_F(WriteMix, TheSamplesAreTheHostsOwnBitForBit) {
    const std::vector<float> odd = {-0.0f, std::numeric_limits<float>::denorm_min(), 1e30f,
                                    -1.5f, std::numeric_limits<float>::infinity(),   0.1f};
    ASSERT_EQ(set(kVolumeId, global("lcsv"_cc), 0.1f), 0);  // the app applies it
    ASSERT_EQ(write_mix(0, odd), 0);
    const std::vector<float> seen = read(0, 3);
    EXPECT_EQ(std::memcmp(seen.data(), odd.data(), odd.size() * sizeof(float)), 0);
}

TEST_F(WriteMix, TellsTheClockInPositionsAndTheLeastLead) {
    advance_seconds(1);
    ASSERT_EQ(write_mix(48'512, counted(0, 512), 48'000), 0);
    auto line = app_.reader().time_line();
    ASSERT_TRUE(line);
    EXPECT_EQ(line->lead, 512u);
    // One second after the start the device is at sample 48 000, which is 512 before position 0.
    EXPECT_NEAR(line->clock.frame_at(static_cast<double>(now())), -512.0, 1e-6);
    ASSERT_EQ(write_mix(49'024, counted(512, 512), 48'600), 0);
    line = app_.reader().time_line();
    ASSERT_TRUE(line);
    EXPECT_EQ(line->lead, 424u);
}

TEST_F(WriteMix, ALeadThatTheHostDoesNotTellOrThatIsNoneIsZero) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    struct Case {
        double current;
        AudioTimeStampFlags flags;
    };
    for (const Case& c : {Case{100, kAudioTimeStampNothingValid}, Case{nan, kAudioTimeStampSampleTimeValid},
                          Case{5'000, kAudioTimeStampSampleTimeValid}}) {
        ASSERT_EQ(interface().StopIO(ref(), kDeviceId, 1), 0);
        ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
        ASSERT_EQ(write_mix(612, counted(0, 10), c.current, c.flags), 0);
        const auto line = app_.reader().time_line();
        ASSERT_TRUE(line);
        EXPECT_EQ(line->lead, 0u);
    }
    ASSERT_EQ(write_mix(622, counted(0, 10), -1e300), 0);  // far from any lead, and no undefined behaviour
}

TEST_F(WriteMix, StoppingAndStartingGoesOnAtTheSamePosition) {
    ASSERT_EQ(write_mix(0, counted(0, 100)), 0);
    ASSERT_EQ(interface().StopIO(ref(), kDeviceId, 1), 0);
    advance_seconds(100);
    ASSERT_EQ(interface().StartIO(ref(), kDeviceId, 1), 0);
    ASSERT_EQ(write_mix(0, counted(100, 100)), 0);
    EXPECT_EQ(position(), 200u);
    EXPECT_EQ(app_.reader().time_line()->start, 100u);
    EXPECT_EQ(read(0, 200), counted(0, 200));
}

TEST_F(WriteMix, OfAStreamTurnedOffIsDropped) {
    ASSERT_EQ(write_mix(0, counted(0, 10)), 0);
    ASSERT_EQ(set(kStreamId, global("sact"_cc), UInt32{0}), 0);
    ASSERT_EQ(write_mix(10, counted(10, 10)), 0);
    EXPECT_EQ(position(), 10u);
    ASSERT_EQ(set(kStreamId, global("sact"_cc), UInt32{1}), 0);
    ASSERT_EQ(write_mix(20, counted(20, 10)), 0);
    EXPECT_EQ(read(10, 10), std::vector<float>(20, 0.0f));
    EXPECT_EQ(read(20, 10), counted(20, 10));
}

TEST_F(WriteMix, WithNobodyAttachedGoesNowhereAndIsNoError) {
    PlugIn lonely(ControlCalls::drained);
    auto& table = **lonely.ref();
    ASSERT_EQ(table.Initialize(lonely.ref(), host_.ref()), 0);
    ASSERT_EQ(table.StartIO(lonely.ref(), kDeviceId, 1), 0);
    AudioServerPlugInIOCycleInfo cycle{};
    auto pcm = counted(0, 512);
    for (int i = 0; i < 1'000; ++i) {
        cycle.mOutputTime.mSampleTime = i * 512.0;
        ASSERT_EQ(table.DoIOOperation(lonely.ref(), kDeviceId, kStreamId, 0, "rite"_cc, 512, &cycle,
                                      pcm.data(), nullptr),
                  0);
    }
}

TEST_F(WriteMix, WhatTheAppScribblesIntoTheSegmentMovesNothing) {
    // Everything but the PCM and what the driver alone stores is the app's to spoil.
    auto& header = *app_.view().header;
    auto& identity = app_.view().control->identity;
    ASSERT_EQ(write_mix(0, counted(0, 10)), 0);
    header.read_head.store(0xFFFF'FFFF);
    header.buffer_size = 0xFFFF'FFFF;
    header.channels = 0;
    header.write_head.store(0x8000'0000);
    identity.frames = 3;
    identity.channels = 0xFFFF'FFFF;
    identity.magic.store(0);
    app_.view().control->producer.position.store(~std::uint64_t{0} - 3);
    ASSERT_EQ(write_mix(10, counted(10, 10)), 0);
    EXPECT_EQ(position(), 20u);
    EXPECT_EQ(header.write_head.load(), 40u);
    EXPECT_EQ(read(0, 20), counted(0, 20));
}

}  // namespace
}  // namespace gecko::driver::test
