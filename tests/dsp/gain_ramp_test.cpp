#include "dsp/gain_ramp.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "dsp/decibels.hpp"
#include "tests/dsp/signals.hpp"

namespace gecko::dsp {
namespace {

constexpr std::size_t kMoveFrames = static_cast<std::size_t>(kLongestMoveSeconds * 48000.0);

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(GainRamp, AtExactlyOneLeavesEverySampleUntouched) {
    std::vector<float> audio = test::noise(1000, 1.0F, test::seed());
    audio[1] = -0.0F;
    audio[2] = std::numeric_limits<float>::denorm_min();
    const std::vector<float> input = audio;
    GainRamp ramp;
    ramp.prepare(48000.0);
    ramp.process(audio);
    EXPECT_TRUE(same_bits(audio, input));
}

TEST(GainRamp, IsExactAtTheEndOfAMove) {
    for (const double factor : {0.0, 0.25, 0.7, 1.0, 2.0}) {
        GainRamp ramp;
        ramp.prepare(48000.0);
        ramp.jump_to(0.5);
        ramp.set_target(factor);
        std::vector<float> audio(2 * kMoveFrames, 0.3F);
        ramp.process(audio);
        EXPECT_TRUE(ramp.settled());
        audio = test::noise(500, 1.0F, 3);
        std::vector<float> expected = audio;
        for (float& x : expected) x = static_cast<float>(static_cast<double>(x) * factor);
        ramp.process(audio);
        EXPECT_EQ(audio, expected) << factor;
    }
}

TEST(GainRamp, AtZeroIsSilentWhateverComesIn) {
    GainRamp ramp;
    ramp.jump_to(0.0);
    std::vector<float> audio{-1.0F, std::numeric_limits<float>::quiet_NaN(),
                             std::numeric_limits<float>::infinity(), 1.0F};
    ramp.process(audio);
    EXPECT_TRUE(same_bits(audio, std::vector<float>(4, 0.0F)));
}

TEST(GainRamp, DoublesTheLargestSampleToTheLargestSample) {
    GainRamp ramp;
    ramp.jump_to(2.0);
    std::vector<float> audio(2, std::numeric_limits<float>::max());
    ramp.process(audio);
    EXPECT_EQ(audio[0], std::numeric_limits<float>::max());
}

TEST(GainRamp, GivesTheSameBitsHoweverTheAudioIsCutIntoBlocks) {
    const std::vector<float> input = test::noise(12000, 1.0F, test::seed());
    const auto play = [&](std::size_t block) {
        std::vector<float> audio = input;
        GainRamp ramp;
        ramp.prepare(48000.0);
        // The targets come at frames that are block boundaries in each case.
        const std::vector<double> targets{0.0, 1.7, 0.2, 1.0};
        for (std::size_t part = 0; part < 4; ++part) {
            ramp.set_target(targets[part]);
            test::in_blocks(std::span(audio).subspan(part * 6000, 6000), block,
                            [&](std::span<float> frames) { ramp.process(frames); });
        }
        return audio;
    };
    const std::vector<float> expected = play(100000);
    for (const std::size_t block : {1U, 7U, 32U, 64U, 512U, 8192U}) {
        EXPECT_TRUE(same_bits(play(block), expected)) << "blocks of " << block;
    }
}

TEST(GainRamp, ClimbsSteadilyAndNeverBeyondItsTarget) {
    GainRamp ramp;
    ramp.prepare(48000.0);
    ramp.jump_to(0.0);
    ramp.set_target(1.0);
    std::vector<float> audio(2 * kMoveFrames, 1.0F);
    ramp.process(audio);
    EXPECT_LT(audio[0], 1e-6F);
    EXPECT_EQ(audio[2 * kMoveFrames - 1], 1.0F);
    for (std::size_t i = 2; i < audio.size(); i += 2) {
        EXPECT_GE(audio[i], audio[i - 2]);
        EXPECT_EQ(audio[i], audio[i + 1]) << "the channels differ";
        EXPECT_LE(audio[i], 1.0F);
    }
}

TEST(GainRamp, MovesWithoutClicks) {
    for (const double rate : {44100.0, 48000.0, 192000.0}) {
        GainRamp ramp;
        ramp.prepare(rate);
        std::vector<float> audio =
            test::sine(static_cast<std::size_t>(0.5 * rate), 100.0, from_db(-12.0), rate);
        std::size_t block_index = 0;
        test::in_blocks(audio, static_cast<std::size_t>(0.007 * rate), [&](std::span<float> block) {
            if (block_index == 10) ramp.set_target(0.0);
            if (block_index == 12) ramp.set_target(2.0);
            if (block_index == 20) ramp.set_target(0.0);
            if (block_index == 30) ramp.set_target(1.0);
            ++block_index;
            ramp.process(block);
        });
        const double click = test::residual_above_4khz_dbfs(test::channel(audio, 0), rate);
        std::printf("gain moves at %.0f Hz: %.1f dBFS\n", rate, click);
        EXPECT_LT(click, -110.0);
    }
}

TEST(GainRamp, PrepareEndsAMoveAtItsTarget) {
    GainRamp ramp;
    ramp.prepare(48000.0);
    ramp.set_target(0.5);
    std::vector<float> audio(200, 1.0F);
    ramp.process(audio);
    ramp.prepare(96000.0);
    audio.assign(2, 1.0F);
    ramp.process(audio);
    EXPECT_EQ(audio[0], 0.5F);
}

}  // namespace
}  // namespace gecko::dsp
