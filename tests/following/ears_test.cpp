// What the ears let through: what the engine makes of what was played, and nothing else.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ears.hpp"
#include "shm/attach.hpp"
#include "tests/simulation/signal.hpp"

namespace gecko::following {
namespace {

constexpr std::uint32_t kFrames = 512;
constexpr double kRate = 48'000;

/// Gecko Sink is fed frames from 0 on, and then the speakers are given what a test says, a block at a time.
class EarsTest : public ::testing::Test {
  protected:
    EarsTest() { play(64 * kFrames); }

    void play(std::size_t frames) {
        std::vector<float> pcm(2 * frames);
        simulation::count_into(played_, pcm);
        cycle(shm::kDeviceUid, static_cast<std::int64_t>(played_), pcm);
        played_ += frames;
    }
    void cycle(const std::string& uid, std::int64_t sample_time, const std::vector<float>& pcm) {
        mac_.on_output({.uid = uid,
                        .rate = kRate,
                        .channels = 2,
                        .time_line = 1,
                        .sample_time = sample_time,
                        .host_time = simulation::now(),
                        .samples = pcm});
    }
    void hear(const std::vector<float>& block) {
        cycle(kSpeakers, next_, block);
        next_ += static_cast<std::int64_t>(block.size() / 2);
    }
    void hear_silence() { hear(std::vector<float>(2 * kFrames)); }
    /// The next block of the signal from `frame` on, times what the engine has there.
    void hear(std::uint64_t frame) {
        std::vector<float> block(2 * kFrames);
        simulation::count_into(frame, block);
        for (std::size_t i = 0; i < kFrames; ++i) {
            gains_.advance();
            for (std::size_t side = 0; side < 2; ++side) block[2 * i + side] = gains_.of(block[2 * i + side]);
        }
        hear(block);
    }
    /// Blocks with a fade-in, from `frame` on; the frame that comes next.
    std::uint64_t fade_in(std::uint64_t frame) {
        gains_.begin(kRate, 1);
        gains_.fade_to(1);
        for (int block = 0; block < 8; ++block, frame += kFrames) hear(frame);
        return frame;
    }
    std::uint64_t fade_out(std::uint64_t frame) {
        gains_.fade_to(0);
        for (int block = 0; block < 8; ++block, frame += kFrames) hear(frame);
        return frame;
    }
    [[nodiscard]] std::size_t complaints() const { return ears_.complaints().size(); }

    VirtualMac mac_;
    Ears ears_{mac_};
    Gains gains_;
    std::int64_t next_ = 0;
    std::uint64_t played_ = 0;
};

TEST_F(EarsTest, LetFadesThrough) {
    const std::uint64_t lost = fade_out(fade_in(1000)) + 777;
    hear_silence();
    fade_in(lost);
    EXPECT_EQ(ears_.complaints(), std::vector<std::string>());
    ASSERT_EQ(ears_.stretches().size(), 2U);
    EXPECT_TRUE(ears_.stretches().front().faded_in);
    EXPECT_TRUE(ears_.stretches().front().faded_out);
    EXPECT_FALSE(ears_.stretches().back().faded_out);
}

TEST_F(EarsTest, ComplainAboutNoiseBetweenSilences) {
    hear_silence();
    std::vector<float> noise(2 * kFrames);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<float>(i * 7919 % 1000);
    hear(noise);
    hear_silence();
    EXPECT_EQ(complaints(), 1U);
}

TEST_F(EarsTest, ComplainAboutAGapWithoutFades) {
    const std::uint64_t next = fade_in(1000);
    hear(next + 1);
    EXPECT_EQ(complaints(), 1U);
}

TEST_F(EarsTest, ComplainAboutAGapThatIsFadedInOnly) {
    const std::uint64_t next = fade_in(1000);
    hear_silence();
    fade_in(next + 1000);
    EXPECT_EQ(complaints(), 0U) << "the player may have ended there";
    play(kFrames);
    EXPECT_EQ(complaints(), 1U);
}

TEST_F(EarsTest, ComplainAboutSoundThatBeginsInItsMiddle) {
    gains_.begin(kRate, 1);
    gains_.jump_to(1);
    hear(1000);
    EXPECT_EQ(complaints(), 1U);
}

TEST_F(EarsTest, ComplainAboutAnotherGain) {
    std::uint64_t next = fade_in(1000);
    gains_.set_volume(0.99);
    hear(next);
    EXPECT_EQ(complaints(), 1U);
}

TEST_F(EarsTest, ComplainAboutASampleThatIsOffByABitInAFade) {
    gains_.begin(kRate, 1);
    gains_.fade_to(1);
    for (std::uint64_t frame = 1000; frame < 1000 + 2 * kFrames; frame += kFrames) hear(frame);
    EXPECT_EQ(complaints(), 0U);
    std::vector<float> block(2 * kFrames);
    simulation::count_into(1000 + 2 * kFrames, block);
    for (std::size_t i = 0; i < kFrames; ++i) {
        gains_.advance();
        block[2 * i] = gains_.of(block[2 * i]);
    }
    block[300] = std::nextafter(block[300], 0.0F);
    hear(block);
    EXPECT_EQ(complaints(), 1U);
}

TEST_F(EarsTest, ComplainAboutWhatIsHeardTwice) {
    const std::uint64_t next = fade_out(fade_in(1000));
    hear_silence();
    fade_in(next - 8 * kFrames - 1);
    EXPECT_EQ(complaints(), 1U);
}

}  // namespace
}  // namespace gecko::following
