// Statements about the checker itself: what it lets pass and what it finds.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "checker.hpp"
#include "signal.hpp"

namespace gecko::simulation {
namespace {

constexpr std::uint32_t kCycle = 100;

/// Ten cycles of 100 frames fed at Gecko Sink's sample times 0 to 999, one each millisecond, and an output that is 5000 ahead.
class CheckerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        checker_.set_latency(0.01);
        for (std::uint64_t i = 0; i < 10; ++i) feed(i);
        played_.resize(2'000);
        count_into(0, played_);
    }
    void feed(std::uint64_t cycle, Fed::What what = Fed::What::audio) {
        set_now(now() + ticks_of(0.001));
        checker_.fed({.what = what,
                      .time_line = 1,
                      .sample_time = static_cast<std::int64_t>(cycle * kCycle),
                      .frames = kCycle,
                      .frame = cycle * kCycle,
                      .at = now()});
    }
    std::span<float> frames(std::size_t from, std::size_t to) {
        return std::span(played_).subspan(2 * from, 2 * (to - from));
    }
    void play(std::size_t from, std::size_t to, Fade fade = Fade::none) {
        checker_.played(static_cast<std::int64_t>(5'000 + from), frames(from, to), fade);
    }
    const Counts& counts() { return checker_.counts(); }

    Surroundings surroundings_;
    Checker checker_;
    std::vector<float> played_;
};

TEST_F(CheckerTest, PassesWhatWasFed) {
    play(0, 37);
    play(37, 1'000);
    checker_.finish();
    EXPECT_EQ(counts().played, 1'000u);
    EXPECT_EQ(counts().failures(), 0u);
    EXPECT_TRUE(checker_.complaints().empty());
}

TEST_F(CheckerTest, FindsALostFrame) {
    play(0, 500);
    checker_.played(5'500, frames(501, 600), Fade::none);
    EXPECT_EQ(counts().lost, 1u);
    EXPECT_EQ(counts().shifted, 1u);
}

TEST_F(CheckerTest, FindsARepeatedFrame) {
    play(0, 500);
    checker_.played(5'500, frames(499, 600), Fade::none);
    EXPECT_EQ(counts().repeated, 101u);
}

TEST_F(CheckerTest, FindsSilenceInPlaceOfAFrame) {
    std::ranges::fill(frames(300, 303), 0.0f);
    play(0, 1'000);
    EXPECT_EQ(counts().silence, 3u);
    EXPECT_EQ(counts().lost, 3u);
}

TEST_F(CheckerTest, FindsASampleOffByOneBit) {
    frames(300, 301)[1] = std::nextafter(1.0f, 2.0f);
    play(0, 1'000);
    EXPECT_EQ(counts().foreign, 1u);
}

TEST_F(CheckerTest, FindsSilenceInsertedInWhatIsStillThere) {
    play(0, 500);
    const std::vector<float> silence(20, 0.0f);
    checker_.played(5'500, silence, Fade::none);
    checker_.played(5'510, frames(500, 600), Fade::none);
    EXPECT_EQ(counts().silence, 10u);
    EXPECT_EQ(counts().shifted, 1u);
}

TEST_F(CheckerTest, FindsFramesThatAreNeverHeard) {
    play(0, 500);
    set_now(now() + ticks_of(1));
    checker_.finish();
    EXPECT_EQ(counts().lost, 1u);
}

TEST_F(CheckerTest, TakesAnExcuseForItsTimeOnly) {
    checker_.excuse(now(), now() + ticks_of(0.001));
    std::ranges::fill(frames(300, 303), 0.0f);
    play(0, 400);
    EXPECT_EQ(counts().silence, 0u);
    EXPECT_EQ(counts().explained_silence, 3u);
    EXPECT_EQ(counts().lost, 3u) << "they were fed before the excuse";
}

TEST_F(CheckerTest, WantsAHoleOfItsOwnLength) {
    feed(10, Fed::What::hole);
    checker_.fed({.what = Fed::What::audio,
                  .time_line = 1,
                  .sample_time = 1'100,
                  .frames = kCycle,
                  .frame = 1'000,
                  .at = now()});
    play(0, 1'000);
    const std::vector<float> silence(2 * kCycle, 0.0f);
    checker_.played(6'000, silence, Fade::none);
    std::vector<float> after(2 * kCycle);
    count_into(1'000, after);
    checker_.played(6'100, after, Fade::none);
    EXPECT_EQ(counts().failures(), 0u);
    EXPECT_EQ(counts().explained_silence, kCycle);
}

TEST_F(CheckerTest, WantsAFadeToRiseOverTheRightFrames) {
    for (std::size_t i = 0; i < 200; ++i) {
        for (float& sample : frames(i, i + 1)) sample *= static_cast<float>(i) / 200.0f;
    }
    play(0, 200, Fade::rising);
    play(200, 1'000);
    EXPECT_EQ(counts().failures(), 0u);
    EXPECT_EQ(counts().faded, 200u);
}

TEST_F(CheckerTest, FindsAFadeOverOtherFrames) {
    for (std::size_t i = 0; i < 200; ++i) {
        for (float& sample : frames(i, i + 1)) sample *= static_cast<float>(i) / 200.0f;
    }
    frames(150, 151)[0] = frames(151, 152)[0] * 2;
    play(0, 200, Fade::rising);
    play(200, 1'000);
    EXPECT_GT(counts().foreign, 0u);
}

}  // namespace
}  // namespace gecko::simulation
