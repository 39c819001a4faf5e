// The driver publishes what is played, if its bundle says so, and a program in another language hears it: docs/examples/listen.py.
#include <sndfile.h>

#include <fstream>

#include "by_hand.hpp"
#include "tests/fixed_name.hpp"

namespace gecko::testing {
namespace {

class Published : public ByHand {
  protected:
    /// The plug-ins folder, with the key in the bundle's Info.plist.
    fs::path publishing_hal() {
        const fs::path hal = scratch_ / "HAL";
        fs::copy(kHal, hal, fs::copy_options::recursive);
        const fs::path plist = hal / "GeckoAudioDevice.driver" / "Contents" / "Info.plist";
        std::ifstream in(plist);
        std::string text{std::istreambuf_iterator<char>(in), {}};
        text.insert(text.find("<dict>") + 6, "<key>GeckoPublish</key><string>0644</string>");
        std::ofstream(plist) << text;
        return hal;
    }

    FixedNameTurn turn_;
};

TEST_F(Published, APythonProgramOfSixtyLinesHearsTheSongSampleForSample) {
    // Shorter than the ring, so that the listener may be as slow as it likes.
    write_audio(file_, broadband(12, 48'000, 2, 1.0), SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    const Audio song = read_audio(file_);
    const fs::path out = scratch_ / "heard.wav";
    start_server(publishing_hal());
    Command listener({GECKO_PYTHON, GECKO_LISTEN, out.string()});
    ASSERT_TRUE(listener.wait_for("listening at 48000 Hz")) << listener.finish().out;
    start_player();  // without a gecko
    EXPECT_EQ(player_->finish().exit_code, 0);
    player_.reset();
    EXPECT_EQ(listener.finish().exit_code, 0);
    end_all();

    const Audio heard = read_audio(out);
    EXPECT_EQ(heard.rate, 48'000);
    EXPECT_EQ(heard.channels, 2);
    ASSERT_GE(heard.frames(), song.frames());
    EXPECT_EQ(std::vector<float>(heard.samples.begin(), heard.samples.begin() + std::ssize(song.samples)),
              song.samples);
}

TEST_F(Published, WithAnAppBesideItBothHearTheSong) {
    write_audio(file_, broadband(13, 48'000, 2, 1.0), SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    const Audio song = read_audio(file_);
    const fs::path out = scratch_ / "heard.wav";
    start_server(publishing_hal());
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    Command listener({GECKO_PYTHON, GECKO_LISTEN, out.string()});
    ASSERT_TRUE(listener.wait_for("listening at 48000 Hz")) << listener.finish().out;
    start_player();
    EXPECT_EQ(player_->finish().exit_code, 0);
    player_.reset();
    EXPECT_EQ(listener.finish().exit_code, 0);
    end_all();

    const Audio heard = read_audio(out);
    ASSERT_GE(heard.frames(), song.frames());
    EXPECT_EQ(std::vector<float>(heard.samples.begin(), heard.samples.begin() + std::ssize(song.samples)),
              song.samples);
    const auto stretches = SongFinder(song).find(this->heard());
    ASSERT_EQ(stretches.size(), 1u);
    EXPECT_EQ(stretches[0].frames, song.frames());
}

TEST_F(Published, WithoutTheKeyThereIsNothingToHear) {
    start_server();
    EXPECT_FALSE(fs::exists("/dev/shm/GeckoAudioShm"));
    end_all();
}

}  // namespace
}  // namespace gecko::testing
