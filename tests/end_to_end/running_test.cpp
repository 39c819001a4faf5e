// gecko-song through the audio server that runs, as `make run REAL=1` does on a Mac: here it is a minihald that was started by hand.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

class Running : public ByHand {
  protected:
    Outcome song_through_what_runs(const std::vector<std::string>& more) {
        std::vector<std::string> command{program("gecko-song"), "--programs", GECKO_PROGRAMS,
                                         "--running",           "--out",      out_.string()};
        command.insert(command.end(), more.begin(), more.end());
        return run(command, environment());
    }
    [[nodiscard]] nlohmann::json report() const {
        std::ifstream file(scratch_ / "out.json");
        return nlohmann::json::parse(file, nullptr, false);
    }

    fs::path out_ = scratch_ / "out.wav";
};

TEST_F(Running, ASongThatGeckoRecordsIsTheSongBitForBitAndWhatTheSpeakersGot) {
    const Audio song = broadband(31, 44'100, 2, 2.0);
    write_audio(file_, song, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    start_server();
    const Outcome outcome = song_through_what_runs({file_.string()});
    end_all();

    EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
    EXPECT_NE(outcome.out.find("what gecko handed to \"Simulated Speakers\""), std::string::npos)
        << outcome.out;
    EXPECT_EQ(report().value("bit_identical", false), true) << report();
    EXPECT_EQ(report().value("recorded_by", ""), "gecko");
    EXPECT_TRUE(report()["latency_ms"].is_null());
    EXPECT_EQ(read_audio(out_).samples, song.samples);
    bool heard_it = false;
    for (const Line& line : heard()) {
        heard_it = heard_it || !std::ranges::search(line.audio.samples, song.samples).empty();
    }
    EXPECT_TRUE(heard_it);
}

TEST_F(Running, ApplicationsOfTheirOwnAddUpToo) {
    write_audio(file_, broadband(32, 48'000, 2, 2.0), SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    const fs::path other = scratch_ / "other.wav";
    write_audio(other, broadband(33, 48'000, 1, 1.5), SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    start_server();
    const Outcome outcome =
        song_through_what_runs({"--app", file_.string() + ":flat", "--app", other.string() + ":flat"});
    end_all();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
    EXPECT_EQ(report().value("bit_identical", false), true) << report();
}

TEST_F(Running, WithoutAnAudioServerItSaysSo) {
    write_audio(file_, broadband(34, 48'000, 2, 0.5), SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    const Outcome outcome = song_through_what_runs({file_.string()});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.out;
    EXPECT_NE(outcome.out.find("The audio server is not running"), std::string::npos) << outcome.out;
    EXPECT_FALSE(fs::exists(out_));
}

TEST_F(Running, TheDriverSaysWhatItIsAndWhichSharedMemoryItCanOpen) {
    const auto driver = [&](const std::vector<std::string>& more) {
        std::vector<std::string> command{program("gecko"), "driver"};
        command.insert(command.end(), more.begin(), more.end());
        return run(command, environment());
    };
    EXPECT_EQ(driver({}).exit_code, 2);
    start_server();
    const Outcome idle = driver({});
    EXPECT_EQ(idle.exit_code, 0);
    for (const char* words : {"driver version: " GECKO_VERSION "\n", "attached: no\n", "last errno: 0\n"})
        EXPECT_NE(idle.out.find(words), std::string::npos) << idle.out;
    const Outcome tried = driver({"--try"});
    EXPECT_EQ(tried.exit_code, 0);
    for (const char* mode : {"0600", "0606", "0666"})
        EXPECT_NE(tried.out.find(std::string(mode) + ": the driver takes it"), std::string::npos)
            << tried.out;
    EXPECT_NE(driver({}).out.find("attached: no\n"), std::string::npos);
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink"));
    const std::string owner = "owner pid: " + std::to_string(gecko_->pid());
    EXPECT_NE(driver({}).out.find(owner), std::string::npos);
    EXPECT_NE(driver({"--try"}).out.find("(step owner"), std::string::npos);
    end_all();
}

}  // namespace
}  // namespace gecko::testing
