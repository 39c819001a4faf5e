#include "engine/output_tap.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace gecko::engine {
namespace {

std::vector<float> counting(float from, std::size_t count) {
    std::vector<float> samples(count);
    std::iota(samples.begin(), samples.end(), from);
    return samples;
}

TEST(OutputTap, GivesEachBufferAsItWasWithItsPlaceOnTheTimeLine) {
    OutputTap tap(64);
    tap.begin(48'000);
    std::vector<float> samples;
    EXPECT_FALSE(tap.take(samples));
    for (const double time : {100.0, 110.0, 120.0}) {  // the third goes round the ring's end
        ASSERT_TRUE(tap.open(time, 10, 2));
        tap.put(counting(static_cast<float>(time), 20));
        tap.close();
        const auto block = tap.take(samples);
        ASSERT_TRUE(block);
        EXPECT_EQ(samples, counting(static_cast<float>(time), 20));
        EXPECT_EQ(block->run, 1u);
        EXPECT_EQ(block->rate_hz, 48'000);
        EXPECT_EQ(block->sample_time, time);
        EXPECT_EQ(block->frames, 10u);
        EXPECT_EQ(block->channels, 2u);
    }
    tap.begin(96'000);
    ASSERT_TRUE(tap.open(0, 1, 1));
    tap.put(counting(7, 1));
    tap.close();
    const auto block = tap.take(samples);
    ASSERT_TRUE(block);
    EXPECT_EQ(block->run, 2u);
    EXPECT_EQ(block->rate_hz, 96'000);
}

TEST(OutputTap, LeavesOutAndCountsWhatDoesNotFitAndGoesOnWhenThereIsRoom) {
    OutputTap tap(64);
    tap.begin(48'000);
    std::vector<float> samples;
    const auto give = [&](double time, std::size_t frames) {
        if (!tap.open(time, frames, 2)) return false;
        tap.put(counting(static_cast<float>(time), 2 * frames));
        tap.close();
        return true;
    };
    EXPECT_TRUE(give(0, 20));
    EXPECT_FALSE(give(20, 20));  // 24 samples are left
    EXPECT_TRUE(give(40, 12));
    EXPECT_FALSE(give(52, 1));
    EXPECT_EQ(tap.lost_frames(), 21u);
    ASSERT_TRUE(tap.take(samples));
    EXPECT_EQ(samples, counting(0, 40));
    EXPECT_TRUE(give(53, 20));
    ASSERT_TRUE(tap.take(samples));
    EXPECT_EQ(samples, counting(40, 24));
    ASSERT_TRUE(tap.take(samples));
    EXPECT_EQ(samples, counting(53, 40));
    EXPECT_FALSE(tap.take(samples));
    EXPECT_EQ(tap.lost_frames(), 21u);
}

TEST(OutputTap, CountsBuffersThatAreTooManyToo) {
    OutputTap tap(1 << 16);
    tap.begin(48'000);
    std::uint64_t fitted = 0;
    for (int i = 0; i < 10'000; ++i) {
        if (!tap.open(i, 1, 1)) continue;
        tap.put(counting(static_cast<float>(i), 1));
        tap.close();
        ++fitted;
    }
    EXPECT_EQ(fitted + tap.lost_frames(), 10'000u);
    std::vector<float> samples;
    for (std::uint64_t i = 0; i < fitted; ++i) {
        ASSERT_TRUE(tap.take(samples));
        EXPECT_EQ(samples, counting(static_cast<float>(i), 1));
    }
    EXPECT_FALSE(tap.take(samples));
}

TEST(OutputTap, LosesNothingElseAcrossThreads) {
    constexpr std::uint32_t kBuffers = 1'000'000;
    OutputTap tap(256);
    tap.begin(48'000);
    std::atomic<bool> done{false};
    std::thread callback([&] {
        std::array<float, 14> buffer{};
        for (std::uint32_t i = 0; i < kBuffers; ++i) {
            const std::size_t frames = 1 + i % 7;
            buffer.fill(static_cast<float>(i));
            if (!tap.open(i, frames, 2)) continue;
            tap.put(std::span(buffer).first(2 * frames));
            tap.close();
        }
        done = true;
    });
    std::uint64_t frames = 0;
    std::vector<float> samples;
    for (bool last = false; !last;) {
        last = done;
        while (const auto block = tap.take(samples)) {
            frames += block->frames;
            ASSERT_EQ(samples, std::vector<float>(std::size_t{2} * block->frames,
                                                  static_cast<float>(block->sample_time)));
        }
    }
    callback.join();
    std::uint64_t given = 0;
    for (std::uint32_t i = 0; i < kBuffers; ++i) given += 1 + i % 7;
    EXPECT_EQ(frames + tap.lost_frames(), given);
}

}  // namespace
}  // namespace gecko::engine
