#include <gtest/gtest.h>
#include <sndfile.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>

#include "tools/song_file/song_file.hpp"

namespace gecko::song {
namespace {

namespace fs = std::filesystem;
constexpr std::array<std::uint32_t, 6> kRates{44100, 48000, 88200, 96000, 176400, 192000};

class SongFile : public testing::Test {
  protected:
    SongFile() { fs::create_directories(folder_); }
    ~SongFile() override { fs::remove_all(folder_); }

    std::string path(const std::string& name) const { return folder_ / name; }
    void write(const std::string& name, int format, int channels, int rate,
               const std::vector<float>& samples) const {
        SF_INFO info{};
        info.format = format;
        info.channels = channels;
        info.samplerate = rate;
        SNDFILE* file = sf_open(path(name).c_str(), SFM_WRITE, &info);
        ASSERT_NE(file, nullptr) << sf_strerror(nullptr);
        sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
        sf_close(file);
    }
    std::string error(const std::string& name) const {
        const auto song = load(path(name));
        return song ? "no error" : song.error().message;
    }

  private:
    fs::path folder_ = fs::temp_directory_path() / ("gecko-song-file-" + std::to_string(::getpid()));
};

TEST_F(SongFile, TwentyFourBitSamplesArriveExactly) {
    std::vector<int> written;  // libsndfile takes the upper 24 bits
    std::vector<float> expected;
    for (int n = 0; n < 3000; ++n) {
        const int sample = (n * 5003) % 16777216 - 8388608;
        written.push_back(sample * 256);
        expected.push_back(static_cast<float>(sample) / 8388608.0F);
    }
    for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_24, SF_FORMAT_FLAC | SF_FORMAT_PCM_24}) {
        SF_INFO info{};
        info.format = format;
        info.channels = 2;
        info.samplerate = 44100;
        SNDFILE* file = sf_open(path("exact").c_str(), SFM_WRITE, &info);
        ASSERT_NE(file, nullptr);
        sf_write_int(file, written.data(), 3000);
        sf_close(file);
        const auto song = load(path("exact"));
        ASSERT_TRUE(song) << song.error().message;
        EXPECT_EQ(song->rate, 44100U);
        EXPECT_EQ(song->frames(), 1500U);
        EXPECT_EQ(song->samples, expected);
    }
}

TEST_F(SongFile, MonoIsPutOnBothChannels) {
    write("mono.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 48000, {0.25F, -0.5F, 1.0F});
    const auto song = load(path("mono.wav"));
    ASSERT_TRUE(song);
    EXPECT_EQ(song->file_channels, 1);
    EXPECT_EQ(song->samples, (std::vector<float>{0.25F, 0.25F, -0.5F, -0.5F, 1.0F, 1.0F}));
}

TEST_F(SongFile, SaysWhatIsWrongWithAFile) {
    EXPECT_EQ(error("none.wav"), "no such file: " + path("none.wav"));
    fs::create_directory(path("folder"));
    EXPECT_NE(error("folder").find("is a folder"), std::string::npos);
    std::ofstream(path("text.wav")) << "This is no audio file, whatever its name says. It is only a text.";
    EXPECT_NE(error("text.wav").find("is not an audio file that libsndfile reads: "), std::string::npos);
    std::ofstream(path("empty.wav")).flush();
    EXPECT_NE(error("empty.wav").find("is not an audio file"), std::string::npos);
    write("no-frames.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, {});
    EXPECT_NE(error("no-frames.wav").find("holds no audio"), std::string::npos);
    write("six.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 6, 48000, std::vector<float>(600));
    EXPECT_NE(error("six.wav").find("has 6 channels"), std::string::npos);
    write("nan.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 48000,
          {0.0F, std::numeric_limits<float>::quiet_NaN()});
    EXPECT_NE(error("nan.wav").find("not numbers"), std::string::npos);
}

TEST_F(SongFile, ATruncatedFileIsPlayedAsFarAsItGoes) {
    write("whole.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, std::vector<float>(20000, 0.5F));
    fs::resize_file(path("whole.wav"), 20044);
    const auto song = load(path("whole.wav"));
    ASSERT_TRUE(song);
    EXPECT_GT(song->frames(), 4000U);
    EXPECT_LT(song->frames(), 10000U);
}

TEST_F(SongFile, WhatIsSavedIsLoadedBitForBit) {
    const std::vector<float> samples{0.1F, -1.5F, 3.0e-39F, 0.99999994F};
    ASSERT_TRUE(save(path("out.wav"), samples, 96000));
    const auto song = load(path("out.wav"));
    ASSERT_TRUE(song);
    EXPECT_EQ(song->samples, samples);
    EXPECT_EQ(song->rate, 96000U);
    EXPECT_NE(save(path("no/such/folder.wav"), samples, 48000).error().message.find("cannot write"),
              std::string::npos);
}

TEST(BestRate, IsTheFilesOwnWhereTheDeviceHasIt) {
    for (const auto rate : kRates) EXPECT_EQ(best_rate(rate, kRates), rate);
}

TEST(BestRate, IsAWholeMultipleElseTheNextAboveElseAPart) {
    EXPECT_EQ(best_rate(22050, kRates), 44100U);
    EXPECT_EQ(best_rate(24000, kRates), 48000U);
    EXPECT_EQ(best_rate(8000, kRates), 48000U);
    EXPECT_EQ(best_rate(384000, kRates), 192000U);
    EXPECT_EQ(best_rate(352800, kRates), 176400U);
    EXPECT_EQ(best_rate(50000, kRates), 88200U);
    EXPECT_EQ(best_rate(250001, kRates), 192000U);
    EXPECT_EQ(best_rate(40000, std::array{8000U, 44100U}), 44100U)
        << "a fifth of it would lose most of the sound";
}

TEST(AtRate, KeepsASineAndItsLengthInSeconds) {
    Song song{.samples = std::vector<float>(std::size_t{64000}), .rate = 32000};
    const auto sine = [](std::size_t n, double rate) {
        return 0.5 * std::sin(2.0 * std::numbers::pi * 1000.0 * static_cast<double>(n) / rate);
    };
    for (std::size_t n = 0; n < song.frames(); ++n) song.samples[2 * n] = static_cast<float>(sine(n, 32000));
    const auto converted = at_rate(song, 44100);
    ASSERT_TRUE(converted);
    EXPECT_EQ(converted->rate, 44100U);
    EXPECT_NEAR(static_cast<double>(converted->frames()), 44100.0, 1.0);
    for (std::size_t n = 1000; n < 43000; ++n) {
        ASSERT_NEAR(static_cast<double>(converted->samples[2 * n]), sine(n, 44100), 1e-4) << n;
        ASSERT_EQ(converted->samples[2 * n + 1], 0.0F);
    }
    EXPECT_EQ(at_rate(song, 44100)->samples, converted->samples);
}

TEST(AtRate, LeavesASongOfThatRateUntouched) {
    const Song song{.samples = {0.1F, 0.2F}, .rate = 44100};
    EXPECT_EQ(at_rate(song, 44100)->samples, song.samples);
}

TEST(AtRate, RefusesRatesTooFarApart) {
    const Song song{.samples = std::vector<float>(20), .rate = 100};
    EXPECT_NE(at_rate(song, 44100).error().message.find("cannot convert"), std::string::npos);
}

TEST(ResamplerName, IsNameAndVersion) {
    EXPECT_EQ(resampler_name().substr(0, 14), "libsamplerate ");
}

}  // namespace
}  // namespace gecko::song
