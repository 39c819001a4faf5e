// A song through three processes, as `make run` plays it. What is asserted is heard in the recording.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>

#include "audio_files.hpp"
#include "dsp/response.hpp"
#include "house.hpp"
#include "settings/presets.hpp"
#include "tools/measure/alignment.hpp"
#include "tools/measure/response.hpp"

namespace gecko::testing {
namespace {

class Song : public ::testing::Test {
  protected:
    /// Plays `song` and gives what the speakers recorded.
    Audio play(const Audio& song, int format, const std::string& preset) {
        const fs::path file = scratch_ / "a song.wav";
        const fs::path out = scratch_ / "out.wav";
        write_audio(file, song, format);
        reference_ = read_audio(file);
        outcome_ = run(song_command({"--preset", preset, "--out", out.string(), file.string()}));
        EXPECT_EQ(outcome_.exit_code, 0) << outcome_.out;
        return fs::exists(out) ? read_audio(out) : Audio{.rate = 1, .channels = 2, .samples = {}};
    }

    Scratch scratch_;
    Audio reference_;  // the song as the file holds it
    Outcome outcome_;
};

TEST_F(Song, WithTheFlatPresetTheRecordingIsTheSongBitForBit) {
    const Audio heard = play(broadband(1, 48'000, 2, 3.0), SF_FORMAT_WAV | SF_FORMAT_PCM_24, "flat");
    EXPECT_EQ(heard.rate, 48'000);
    EXPECT_EQ(heard.samples, reference_.samples) << outcome_.out;
}

TEST_F(Song, AFloatFileArrivesBitForBitToo) {
    const Audio heard = play(broadband(2, 48'000, 2, 2.0), SF_FORMAT_WAV | SF_FORMAT_FLOAT, "flat");
    EXPECT_EQ(heard.samples, reference_.samples) << outcome_.out;
}

TEST_F(Song, TheDeviceFollowsTheRateOfAMonoFileWhichIsHeardOnBothChannels) {
    const Audio heard = play(broadband(3, 44'100, 1, 2.5), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "flat");
    EXPECT_EQ(heard.rate, 44'100);
    ASSERT_EQ(heard.frames(), reference_.frames()) << outcome_.out;
    for (std::size_t i = 0; i < heard.frames(); ++i) {
        ASSERT_EQ(heard.samples[2 * i], reference_.samples[i]) << i;
        ASSERT_EQ(heard.samples[2 * i + 1], reference_.samples[i]) << i;
    }
}

TEST_F(Song, AtTheHighestRateItIsBitForBitTheSame) {
    const Audio heard = play(broadband(4, 384'000, 2, 1.0), SF_FORMAT_WAV | SF_FORMAT_PCM_24, "flat");
    EXPECT_EQ(heard.rate, 384'000);
    EXPECT_EQ(heard.samples, reference_.samples) << outcome_.out;
}

TEST_F(Song, AtTheLowestRateItIsBitForBitTheSameAndAPresetIsMeasuredAsFarAsTheRateGoes) {
    const Audio heard = play(broadband(8, 8'000, 2, 3.0), SF_FORMAT_WAV | SF_FORMAT_PCM_24, "flat");
    EXPECT_EQ(heard.rate, 8'000);
    EXPECT_EQ(heard.samples, reference_.samples) << outcome_.out;
    play(broadband(9, 8'000, 2, 4.0), SF_FORMAT_WAV | SF_FORMAT_FLOAT, "bass-boost");
}

TEST_F(Song, ARateThatTheDeviceLacksIsResampledAndTheReportSaysSo) {
    const Audio heard = play(broadband(5, 22'050, 2, 2.0), SF_FORMAT_WAV | SF_FORMAT_PCM_16, "flat");
    EXPECT_NEAR(static_cast<double>(heard.frames()) / heard.rate, 2.0, 0.01);
    EXPECT_NE(outcome_.out.find("22.05 kHz to 44.1 kHz by libsamplerate"), std::string::npos) << outcome_.out;
}

TEST_F(Song, APresetIsHeardAsItIsDesignedToATenthOfADecibel) {
    for (const char* name : {"bass-boost", "podcast"}) {
        SCOPED_TRACE(name);
        const Audio heard = play(broadband(6, 48'000, 2, 6.0), SF_FORMAT_WAV | SF_FORMAT_FLOAT, name);
        const measure::Audio before{.samples = reference_.samples, .rate = 48'000};
        const measure::Audio after{.samples = heard.samples, .rate = 48'000};
        const auto lag = measure::find_lag(before, after);
        ASSERT_TRUE(lag) << outcome_.out;
        EXPECT_EQ(*lag, 0);
        const dsp::EqSettings asked = settings::eq_settings(*settings::find_preset(name));
        int measured = 0;
        for (const auto& point : measure::measure_response(before, after, *lag).points) {
            if (!point.measured) continue;
            ++measured;
            EXPECT_NEAR(point.gain_db, dsp::response_db(asked, point.frequency_hz, 48'000), 0.1)
                << point.frequency_hz << " Hz";
        }
        EXPECT_GE(measured, 20);  // of 22; where the preset leaves too little there is nothing to measure
    }
}

TEST_F(Song, ADriverWithAnEmptyWriteMixIsNoticed) {
    const fs::path file = scratch_ / "song.wav";
    write_audio(file, broadband(7, 48'000, 2, 1.5), SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    const Outcome outcome = run(song_command(
        {"--preset", "flat", "--out", (scratch_ / "out.wav").string(), file.string()}, kEmptyWriteMixHal));
    EXPECT_EQ(outcome.exit_code, 4) << outcome.out;
    EXPECT_NE(outcome.out.find("did not arrive"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace gecko::testing
