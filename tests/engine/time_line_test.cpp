#include <gtest/gtest.h>

#include "rig.hpp"

namespace gecko::engine::testing {
namespace {

class TimeLine : public ::testing::Test {
  protected:
    void SetUp() override {
        rig_.engine.prepare(48'000);
        rig_.engine.attach(rig_.ring.reader);
        rig_.run(4800);  // the fade-in is over before anybody plays
    }
    Rig rig_;
};

TEST_F(TimeLine, AFlatEqualiserPlaysTheMixBitForBitFromItsFirstFrameToItsLast) {
    const auto song = noise(1, 40 * Rig::kCycle);
    rig_.start_sink();
    const auto played = rig_.run(30'000, song);
    const std::size_t at = find(played, song);
    ASSERT_LT(at, played.size());
    EXPECT_EQ(rig_.engine.status().underrun_frames, 0u);
    EXPECT_EQ(rig_.engine.status().overtaken_frames, 0u);
    // Nothing else was heard.
    EXPECT_EQ(peak({played.begin(), played.begin() + static_cast<std::ptrdiff_t>(2 * at)}), 0.0);
    EXPECT_EQ(peak({played.begin() + static_cast<std::ptrdiff_t>(2 * at + song.size()), played.end()}), 0.0);
}

TEST_F(TimeLine, ReadingEndsTheMarginBeforeWhatTheDriversClockGuarantees) {
    rig_.start_sink();
    rig_.run(9600, noise(2, 9600));
    EXPECT_NEAR(rig_.engine.status().fill_frames, 192.0, 1.0);  // 4 ms
}

TEST_F(TimeLine, ATimeLineThatEndsIsPlayedToItsEndAndTheNextOneFromItsFirstFrame) {
    const auto first = noise(3, 8 * Rig::kCycle);
    const auto second = noise(4, 8 * Rig::kCycle);
    rig_.start_sink();
    auto played = rig_.run(8 * Rig::kCycle, first);
    rig_.stop_sink();
    const auto gap = rig_.run(256);  // stopped and started again before all of the first was heard
    rig_.start_sink();
    const auto rest = rig_.run(12'800, second);
    played.insert(played.end(), gap.begin(), gap.end());
    played.insert(played.end(), rest.begin(), rest.end());

    const std::size_t first_at = find(played, first);
    const std::size_t second_at = find(played, second);
    ASSERT_LT(first_at, played.size());
    ASSERT_LT(second_at, played.size());
    EXPECT_GE(second_at, first_at + first.size() / 2);
    for (std::size_t i = first_at * 2 + first.size(); i < second_at * 2; ++i) ASSERT_EQ(played[i], 0.0f) << i;
    EXPECT_EQ(rig_.engine.status().underrun_frames, 0u);
}

TEST_F(TimeLine, WhatComesBehindAPauseBetweenTwoTimeLinesIsSilenceNeverARepeat) {
    const auto first = noise(5, 4 * Rig::kCycle);
    rig_.start_sink();
    rig_.run(8192, first);
    rig_.stop_sink();
    EXPECT_EQ(peak(rig_.run(48'000)), 0.0);
    const auto second = noise(6, 4 * Rig::kCycle);
    rig_.start_sink();
    EXPECT_LT(find(rig_.run(8192, second), second), 8192u);
    EXPECT_EQ(rig_.engine.status().underrun_frames, 0u);
}

TEST_F(TimeLine, PullsThatTheOutputSkipsAreSkippedInTheMusicToo) {
    const auto song = noise(7, 24 * Rig::kCycle);
    const auto part = [&](std::size_t cycle, std::size_t cycles) {
        const auto begin = song.begin() + static_cast<std::ptrdiff_t>(2 * Rig::kCycle * cycle);
        return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(2 * Rig::kCycle * cycles));
    };
    rig_.start_sink();
    rig_.run(8 * Rig::kCycle, part(0, 8));
    const double fill = rig_.engine.status().fill_frames;
    rig_.run(4 * Rig::kCycle, part(8, 4), true);
    const auto played = rig_.run(16 * Rig::kCycle, part(12, 12));
    EXPECT_EQ(rig_.engine.status().fill_frames, fill);
    // The first pull after the overload plays what belongs to its time: the frame that many frames further on.
    const auto whole = find(song, {played.begin(), played.begin() + 512});
    ASSERT_LT(whole, song.size() / 2);
    EXPECT_LT(find(played, {song.begin() + static_cast<std::ptrdiff_t>(2 * whole), song.end()}), 1u);
    EXPECT_GT(whole, 10 * Rig::kCycle);
    EXPECT_EQ(rig_.engine.status().underrun_frames, 0u);
}

TEST_F(TimeLine, ARingThatDoesNotAdvanceWhileItShouldIsSilenceAndCounted) {
    rig_.start_sink();
    rig_.run(4096, noise(9, 4096));
    rig_.skip(4096);  // nothing was mixed in this time
    const auto played = rig_.pull(256);
    EXPECT_EQ(peak(played), 0.0);
    EXPECT_EQ(rig_.engine.status().underrun_frames, 256u);
}

TEST_F(TimeLine, AnotherRateIsSilenceUntilTheEngineIsPreparedForItAndTheOldAudioIsGone) {
    rig_.start_sink();
    rig_.run(4096, noise(10, 4096));
    rig_.ring.writer.change_rate(96'000);
    EXPECT_EQ(peak(rig_.run(1024)), 0.0);
    rig_.engine.prepare(96'000);
    EXPECT_EQ(peak(rig_.run(2048)), 0.0);
    const auto song = noise(11, 4 * Rig::kCycle);
    rig_.stop_sink();
    rig_.run(4800);
    rig_.start_sink();
    EXPECT_LT(find(rig_.run(8192, song), song), 8192u);
}

}  // namespace
}  // namespace gecko::engine::testing
