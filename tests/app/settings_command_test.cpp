#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/end_to_end/command.hpp"
#include "tests/settings/temporary_folder.hpp"

namespace gecko::testing {
namespace {

class SettingsCommand : public ::testing::Test {
  protected:
    Outcome settings(std::vector<std::string> words) {
        words.insert(words.begin(), {GECKO_PROGRAM, "settings"});
        return run(words, environment());
    }
    Command::Environment environment() {
        return {{"XDG_CONFIG_HOME", folder_.path().string()}, {"HOME", folder_.path().string()}};
    }
    std::string shown(const std::string& key) {
        const Outcome outcome = settings({"--json"});
        const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
        return json.is_discarded() ? outcome.out : json["settings"][key].dump();
    }

    settings::TemporaryFolder folder_;
};

TEST_F(SettingsCommand, ShowsSetsAndResets) {
    EXPECT_EQ(settings({"preamp_db", "-3.5"}).exit_code, 0);
    EXPECT_EQ(settings({"applications", "com.apple.Music=vocal", "4711=flat"}).exit_code, 0);
    EXPECT_EQ(shown("preamp_db"), "-3.5");
    EXPECT_EQ(shown("applications"), R"([{"application":"com.apple.Music","preset":"vocal"},)"
                                     R"({"application":"4711","preset":"flat"}])");
    const Outcome listed = settings({});
    EXPECT_EQ(listed.exit_code, 0);
    for (const char* part : {"preamp_db", "-3.5", "com.apple.Music=vocal", "settings.json"})
        EXPECT_NE(listed.out.find(part), std::string::npos) << listed.out;
    EXPECT_EQ(settings({"--reset", "preamp_db"}).exit_code, 0);
    EXPECT_EQ(shown("preamp_db"), "0.0");
    EXPECT_NE(shown("applications"), "[]");
    EXPECT_EQ(settings({"--reset"}).exit_code, 0);
    EXPECT_EQ(shown("applications"), "[]");
}

TEST_F(SettingsCommand, RefusesWhatCannotBeWithCode3) {
    for (const auto& [key, value, words] : std::initializer_list<std::array<const char*, 3>>{
             {"volume_percent", "1000", "0 to 200"},
             {"volum_percent", "100", "Did you mean volume_percent?"},
             {"preset", "jazz", "no preset \"jazz\""}}) {
        const Outcome outcome = settings({key, value});
        EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
        EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
    }
    EXPECT_EQ(settings({"preset"}).exit_code, 1);
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "gecko"));
}

TEST_F(SettingsCommand, AFileThatCannotBeIsNamedAndANewerOneStays) {
    const auto file = folder_.path() / "gecko" / "settings.json";
    EXPECT_EQ(settings({"preset", "rock"}).exit_code, 0);
    ASSERT_TRUE(std::filesystem::exists(file));
    std::ofstream(file) << "{\"version\": 1,\n\"preset\": 7}";
    Outcome outcome = settings({});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("settings.json:2: preset: "), std::string::npos) << outcome.err;
    std::ofstream(file) << "{\"version\": 99, \"preset\": \"rock\"}";
    EXPECT_EQ(shown("preset"), "\"rock\"");
    outcome = settings({"preset", "flat"});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("of version 99"), std::string::npos) << outcome.err;
    EXPECT_EQ(shown("preset"), "\"rock\"");
}

TEST_F(SettingsCommand, ThoseThatRunAtTheSameTimeAllCount) {
    const std::vector<std::vector<std::string>> changes{{"preset", "rock"},
                                                        {"preamp_db", "-3.5"},
                                                        {"volume_percent", "50.5"},
                                                        {"bypass", "true"},
                                                        {"latency_mode", "safe"}};
    for (int round = 0; round < 3; ++round) {
        std::vector<std::unique_ptr<Command>> all;
        for (const auto& change : changes)
            all.push_back(std::make_unique<Command>(
                std::vector<std::string>{GECKO_PROGRAM, "settings", change[0], change[1]}, environment()));
        for (const auto& one : all) EXPECT_EQ(one->finish().exit_code, 0);
        const auto json = nlohmann::json::parse(settings({"--json"}).out);
        EXPECT_EQ(json["settings"]["preset"], "rock");
        EXPECT_EQ(json["settings"]["preamp_db"], -3.5);
        EXPECT_EQ(json["settings"]["volume_percent"], 50.5);
        EXPECT_EQ(json["settings"]["bypass"], true);
        EXPECT_EQ(json["settings"]["latency_mode"], "safe");
        EXPECT_EQ(settings({"--reset"}).exit_code, 0);
    }
}

TEST_F(SettingsCommand, RepairsAValueThatCannotBe) {
    const auto file = folder_.path() / "gecko" / "settings.json";
    for (const std::vector<std::string>& repair : std::initializer_list<std::vector<std::string>>{
             {"preset", "rock"}, {"--reset", "preset"}, {"--reset"}}) {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << "{\"version\": 1, \"preset\": \"rokc\"}";
        const Outcome before = settings({});
        EXPECT_EQ(before.exit_code, 3);
        EXPECT_NE(before.err.find("gecko settings --reset preset"), std::string::npos) << before.err;
        EXPECT_EQ(settings(repair).exit_code, 0);
        EXPECT_EQ(shown("preset"), repair[0] == "preset" ? "\"rock\"" : "\"flat\"");
    }
}

}  // namespace
}  // namespace gecko::testing
