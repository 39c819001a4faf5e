// Several applications at once through the real processes, as `make run APPS=...` plays them.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "audio_files.hpp"
#include "by_hand.hpp"
#include "house.hpp"

namespace gecko::testing {
namespace {

class Applications : public ::testing::Test {
  protected:
    std::string file(const char* name, const Audio& audio) const {
        const fs::path path = scratch_ / name;
        write_audio(path, audio, SF_FORMAT_WAV | SF_FORMAT_PCM_24);
        return path;
    }

    /// Plays FILE:PRESET each, and gives the report.
    nlohmann::json play(const std::vector<std::string>& applications) {
        std::vector<std::string> arguments{"--out", (scratch_ / "out.wav").string()};
        for (const std::string& application : applications) {
            arguments.insert(arguments.end(), {"--app", application});
        }
        outcome_ = run(song_command(arguments));
        std::ifstream report(scratch_ / "out.json");
        return nlohmann::json::parse(report, nullptr, false);
    }

    Scratch scratch_;
    Outcome outcome_;
};

TEST_F(Applications, EachIsHeardThroughItsOwnPresetAndNothingElseIsHeard) {
    const std::string one = file("one.wav", broadband(21, 48'000, 2, 6.0));
    const std::string two = file("two, mono.wav", broadband(22, 48'000, 1, 4.0));
    const std::string three = file("three.wav", broadband(23, 48'000, 2, 5.0));
    const auto report = play({one + ":bass-boost", two + ":vocal", three + ":flat"});
    ASSERT_EQ(outcome_.exit_code, 0) << outcome_.out;
    EXPECT_LT(report.at("residual_peak_dbfs"), -120.0) << outcome_.out;
    EXPECT_EQ(report.at("wrong_frames"), 0);
    for (const auto& application : report.at("applications")) {
        SCOPED_TRACE(application.at("song").get<std::string>());
        EXPECT_EQ(application.at("lost_frames"), 0);
        EXPECT_EQ(application.at("repeated_frames"), 0);
        EXPECT_GE(application.at("points_measured"), 15);
        EXPECT_LT(application.at("largest_difference_db"), 0.1);
    }
}

TEST_F(Applications, TheSameSongThroughTwoPresetsIsTheSumOfBoth) {
    const std::string song = file("song.wav", broadband(24, 44'100, 2, 3.0));
    const auto report = play({song + ":rock", song + ":podcast"});
    EXPECT_EQ(outcome_.exit_code, 0) << outcome_.out;
    EXPECT_LT(report.at("residual_peak_dbfs"), -120.0) << outcome_.out;
}

TEST_F(Applications, BothFlatTheRecordingIsTheSumBitForBit) {
    const Audio first = broadband(25, 48'000, 2, 3.0);
    const std::string one = file("one.wav", first);
    const std::string two = file("two.wav", broadband(26, 48'000, 2, 2.0));
    const auto report = play({one + ":flat", two + ":flat"});
    ASSERT_EQ(outcome_.exit_code, 0) << outcome_.out;
    EXPECT_TRUE(report.at("bit_identical"));

    const std::vector<Audio> files{read_audio(one), read_audio(two)};
    const Audio heard = read_audio((scratch_ / "out.wav").string());
    std::vector<float> sum(heard.samples.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::size_t begin = 2 * report.at("applications")[i].at("begins_at_frame").get<std::size_t>();
        ASSERT_LE(begin + files[i].samples.size(), sum.size());
        for (std::size_t n = 0; n < files[i].samples.size(); ++n) sum[begin + n] += files[i].samples[n];
    }
    EXPECT_EQ(heard.samples, sum);
}

class ApplicationStatus : public ByHand {};

TEST_F(ApplicationStatus, WhoPlaysIsToldWithHisPreset) {
    start_server();
    start_gecko({"--app", "gecko-play=rock", "--json"});
    ASSERT_TRUE(gecko_->wait_for("\"state\":\"running\"")) << gecko_->finish().out;
    start_player();
    const std::string who = "\"bundle_id\":\"gecko-play\"";
    ASSERT_TRUE(gecko_->wait_for(who)) << gecko_->finish().out;
    gecko_->signal(SIGTERM);
    const std::string out = gecko_->finish().out;
    std::istringstream lines(out.substr(0, out.rfind('\n')));
    nlohmann::json playing;
    for (std::string line; std::getline(lines, line);) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (json.is_object() && !json.at("applications").empty()) playing = json.at("applications");
    }
    ASSERT_EQ(playing.size(), 1U) << out;
    EXPECT_EQ(playing[0].at("process_id"), player_->pid());
    EXPECT_EQ(playing[0].at("name"), "gecko-play");
    EXPECT_EQ(playing[0].at("preset"), "rock");
    EXPECT_EQ(playing[0].at("peak_dbfs").size(), 2U);
}

TEST_F(ApplicationStatus, ForPeopleALineForEachSaysWhoPlays) {
    start_server();
    start_gecko({"--app", "gecko-play=rock"});
    ASSERT_TRUE(gecko_->wait_for("ready")) << gecko_->finish().out;
    start_player();
    EXPECT_TRUE(gecko_->wait_for("gecko-play (process " + std::to_string(player_->pid()) + "): rock"))
        << gecko_->finish().out;
}

TEST(GeckoCommand, NamesWhatItDidNotUnderstand) {
    const auto expect = [](const std::vector<std::string>& arguments, int code,
                           const std::vector<std::string>& words) {
        std::vector<std::string> command{program("gecko")};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.exit_code, code) << outcome.out;
        for (const std::string& word : words) {
            EXPECT_NE(outcome.err.find(word), std::string::npos) << word << "\n" << outcome.out;
        }
    };
    expect({"frob"}, 1, {"no command \"frob\"", "run, presets, devices"});
    expect({"--frob"}, 1, {"no option \"--frob\""});
    expect({}, 1, {"No command"});
    expect({"run", "--frob"}, 1, {"--frob"});
    expect({"run", "--app", "com.apple.Music"}, 3, {"com.apple.Music", "BUNDLE_ID=PRESET"});
    expect({"run", "--app", "com.apple.Music=vocl"}, 3, {"no preset \"vocl\"", "vocal"});
    expect({"run", "--app", "a=flat", "--app", "a=rock"}, 3, {"a=rock", "before"});
}

TEST(GeckoCommand, PresetsSayByHowMuchTheyTurnDown) {
    const Outcome outcome = run({program("gecko"), "presets"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("bass-boost     -8.1 dB"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("preamp"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace gecko::testing
