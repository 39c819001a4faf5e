// Which sample of which buffer lands where in the file.
#include "app/recorder.hpp"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>

namespace gecko::app {
namespace {

namespace fs = std::filesystem;

class Recorded : public ::testing::Test {
  protected:
    Recorded() {
        std::string pattern = (fs::temp_directory_path() / "gecko-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~Recorded() override { fs::remove_all(folder_); }

    void make(std::uint64_t largest_file = Recorder::kLargestFile) {
        auto made = Recorder::create((folder_ / "a.wav").string(), largest_file);
        ASSERT_TRUE(made) << made.error();
        recorder_ = *std::move(made);
    }
    /// A buffer of mono whose samples are `first` and what follows.
    void hand(double sample_time, float first, std::size_t frames, std::size_t channels = 1) {
        std::vector<float> samples(frames * channels);
        std::iota(samples.begin(), samples.end(), first);
        ASSERT_TRUE(recorder_->tap().open(sample_time, frames, channels));
        recorder_->tap().put(samples);
        recorder_->tap().close();
    }
    std::vector<float> read(const char* name, int rate = 48'000, int channels = 1) {
        recorder_->finish();
        SF_INFO info{};
        SNDFILE* file = sf_open((folder_ / name).c_str(), SFM_READ, &info);
        EXPECT_NE(file, nullptr) << name;
        if (file == nullptr) return {};
        EXPECT_EQ(info.samplerate, rate);
        EXPECT_EQ(info.channels, channels);
        std::vector<float> samples(static_cast<std::size_t>(info.frames * info.channels));
        sf_readf_float(file, samples.data(), info.frames);
        sf_close(file);
        return samples;
    }

    fs::path folder_;
    std::unique_ptr<Recorder> recorder_;
};

TEST_F(Recorded, BuffersFollowEachOther) {
    make();
    recorder_->tap().begin(48'000);
    hand(1000, 1, 3);
    hand(1003, 4, 2);
    hand(1005.25, 6, 1);  // less than a frame is rounding
    EXPECT_EQ(read("a.wav"), (std::vector<float>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(recorder_->status().frames, 6u);
}

TEST_F(Recorded, WhatTheOutputDidNotAskForIsSilence) {
    make();
    recorder_->tap().begin(48'000);
    hand(1000, 1, 2);
    hand(1005, 6, 1);
    EXPECT_EQ(read("a.wav"), (std::vector<float>{1, 2, 0, 0, 0, 6}));
}

TEST_F(Recorded, WhatTheOutputAsksForTwiceIsThereOnce) {
    make();
    recorder_->tap().begin(48'000);
    hand(1000, 1, 4);
    hand(1002, 3, 4);
    EXPECT_EQ(read("a.wav"), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST_F(Recorded, AnOutputThatGoesBackByMoreThanABufferIsWrittenOnce) {
    make();
    recorder_->tap().begin(48'000);
    hand(1000, 1, 4);
    hand(1001, 2, 2);
    hand(1003, 4, 4);
    EXPECT_EQ(read("a.wav"), (std::vector<float>{1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(Recorded, WhatDoesNotFitIntoTheQueueIsCountedAndSilence) {
    constexpr std::size_t kMoreThanFits = (std::size_t{1} << 21) + 1;
    make();
    recorder_->tap().begin(48'000);
    hand(1000, 1, 2);
    EXPECT_FALSE(recorder_->tap().open(1002, kMoreThanFits, 1));
    hand(1002 + static_cast<double>(kMoreThanFits), 3, 1);
    std::vector<float> expected(kMoreThanFits + 3);
    expected[0] = 1;
    expected[1] = 2;
    expected.back() = 3;
    EXPECT_TRUE(read("a.wav") == expected);
    EXPECT_EQ(recorder_->status().lost_frames, kMoreThanFits);
    EXPECT_EQ(recorder_->news().size(), 1u);
}

TEST_F(Recorded, AnotherTimeLineAndAnotherStartFollowAtOnce) {
    make();
    recorder_->tap().begin(48'000);
    hand(1000, 1, 2);
    hand(1e9, 3, 1);
    hand(0, 4, 1);
    recorder_->tap().begin(48'000);
    hand(40, 5, 1);
    EXPECT_EQ(read("a.wav"), (std::vector<float>{1, 2, 3, 4, 5}));
}

TEST_F(Recorded, AnotherNumberOfChannelsIsAnotherFileAndNoneThatIsThereIsOverwritten) {
    {
        const auto other = Recorder::create((folder_ / "a-2.wav").string());
    }
    EXPECT_FALSE(fs::exists(folder_ / "a-2.wav")) << "nothing was recorded";
    fs::create_directory(folder_ / "a-2.wav");
    make();
    recorder_->tap().begin(48'000);
    hand(0, 1, 1, 2);
    recorder_->tap().begin(96'000);
    hand(0, 3, 1, 3);
    EXPECT_EQ(read("a.wav", 48'000, 2), (std::vector<float>{1, 2}));
    EXPECT_EQ(read("a-3.wav", 96'000, 3), (std::vector<float>{3, 4, 5}));
    EXPECT_EQ(recorder_->news().size(), 1u);
}

TEST_F(Recorded, AFullFileIsFollowedByAnother) {
    make(16);
    recorder_->tap().begin(48'000);
    hand(0, 1, 3);
    hand(3, 4, 2);
    hand(5, 6, 2);
    EXPECT_EQ(read("a.wav"), (std::vector<float>{1, 2, 3}));
    EXPECT_EQ(read("a-2.wav"), (std::vector<float>{4, 5, 6, 7}));
}

}  // namespace
}  // namespace gecko::app
