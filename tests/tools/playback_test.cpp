// The player's IOProc, called as a HAL calls it.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "tools/play/playback.hpp"

namespace gecko::play {
namespace {

/// A device that asks for periods of one size and remembers what it was given.
class Device {
  public:
    Device(Playback& playback, UInt32 period, UInt32 channels)
        : playback_(playback),
          buffer_(std::size_t{period} * channels),
          period_(period),
          channels_(channels) {}

    void cycle(double lead = 0.0) {
        std::ranges::fill(buffer_, 0.0F);
        AudioBufferList list{
            .mNumberBuffers = 1,
            .mBuffers = {{.mNumberChannels = channels_,
                          .mDataByteSize = static_cast<UInt32>(buffer_.size() * sizeof(float)),
                          .mData = buffer_.data()}}};
        AudioTimeStamp now{};
        now.mSampleTime = time_ - lead;
        AudioTimeStamp output{};
        output.mSampleTime = time_;
        EXPECT_EQ(Playback::io_proc(7, &now, nullptr, nullptr, &list, &output, &playback_),
                  kAudioHardwareNoError);
        heard.insert(heard.end(), buffer_.begin(), buffer_.end());
        time_ += period_;
    }
    void skip(double frames) { time_ += frames; }

    std::vector<float> heard;

  private:
    Playback& playback_;
    std::vector<float> buffer_;
    UInt32 period_;
    UInt32 channels_;
    double time_ = 1000.0;
};

std::vector<float> counting(std::size_t frames) {
    std::vector<float> samples(2 * frames);
    std::iota(samples.begin(), samples.end(), 1.0F);
    return samples;
}

TEST(Playback, GivesEveryFrameOnceAndThenSilence) {
    for (const std::size_t frames : {1U, 511U, 512U, 513U, 5000U}) {
        const auto song = counting(frames);
        Playback playback(song);
        Device device(playback, 512, 2);
        for (int i = 0; i < 12; ++i) device.cycle();
        ASSERT_GE(device.heard.size(), song.size());
        EXPECT_TRUE(std::equal(song.begin(), song.end(), device.heard.begin()));
        EXPECT_TRUE(std::all_of(device.heard.begin() + static_cast<std::ptrdiff_t>(song.size()),
                                device.heard.end(), [](float x) { return x == 0.0F; }));
        EXPECT_EQ(playback.position(), static_cast<std::int64_t>(frames));
        EXPECT_EQ(playback.skips(), 0);
    }
}

TEST(Playback, IsDoneOnceTheDeviceHasPlayedTheLastFrameAndNotEarlier) {
    const auto song = counting(1000);
    Playback playback(song);
    Device device(playback, 512, 2);
    // The device is asked 700 frames ahead of what it plays: frame 1000 is at time 2000.
    device.cycle(700.0);  // 1000
    device.cycle(700.0);  // 1512: the last frame is handed over
    EXPECT_EQ(playback.position(), 1000);
    EXPECT_FALSE(playback.done());
    device.cycle(700.0);  // 2024 - 700
    EXPECT_FALSE(playback.done());
    device.cycle(700.0);  // 2536 - 700
    EXPECT_FALSE(playback.done());
    device.cycle(700.0);  // 3048 - 700: beyond 2000
    EXPECT_TRUE(playback.done());
}

TEST(Playback, PutsStereoOnTheFirstTwoOfManyChannels) {
    const auto song = counting(2);
    Playback playback(song);
    Device device(playback, 2, 4);
    device.cycle();
    EXPECT_EQ(device.heard, (std::vector<float>{1, 2, 0, 0, 3, 4, 0, 0}));
}

TEST(Playback, CountsWhereTheDeviceSkipsAndStillGivesEveryFrame) {
    const auto song = counting(1500);
    Playback playback(song);
    Device device(playback, 512, 2);
    device.cycle();
    device.skip(512.0);
    device.cycle();
    device.cycle();
    EXPECT_EQ(playback.skips(), 1);
    EXPECT_TRUE(std::equal(song.begin(), song.end(), device.heard.begin()));
}

TEST(Playback, AnotherDeviceGoesOnWithWhatTheLostOneHadNotPlayedYet) {
    const auto song = counting(4096);
    Playback playback(song);
    Device lost(playback, 512, 2);
    for (int i = 0; i < 3; ++i) lost.cycle(512.0);  // presents what it is given a period later
    EXPECT_EQ(playback.position(), 1536);
    playback.go_on();
    EXPECT_EQ(playback.position(), 512);
    Device next(playback, 256, 2);
    while (!playback.done()) next.cycle();
    EXPECT_EQ(playback.skips(), 0);
    const std::vector<float> rest(song.begin() + 2 * 512, song.end());
    next.heard.resize(rest.size());
    EXPECT_EQ(next.heard, rest);
}

TEST(Playback, ADeviceThatIsLostWhenAllWasHandedOverIsFollowedByOneThatPlaysTheRest) {
    const auto song = counting(600);
    Playback playback(song);
    Device lost(playback, 512, 2);
    for (int i = 0; i < 2; ++i) lost.cycle(100.0);
    EXPECT_EQ(playback.position(), 600);
    EXPECT_FALSE(playback.done());
    playback.go_on();
    EXPECT_EQ(playback.position(), 412);
    Device next(playback, 512, 2);
    for (int i = 0; i < 3; ++i) next.cycle();
    EXPECT_TRUE(playback.done());
}

}  // namespace
}  // namespace gecko::play
