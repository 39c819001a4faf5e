#include "settings/settings_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/settings/settings_file.hpp"
#include "tests/simulation/sanitizer.hpp"

namespace gecko::settings {
namespace {

TEST_F(SettingsFile, ThatIsNotThereMeansTheDefaults) {
    const auto loaded = load_settings(folder_.path() / "none");
    ASSERT_TRUE(loaded) << loaded.error();
    EXPECT_EQ(loaded->settings, UserSettings{});
    EXPECT_TRUE(loaded->messages.empty());
    EXPECT_TRUE(loaded->may_save);
    EXPECT_FALSE(fs::exists(folder_.path() / "none"));
}

TEST_F(SettingsFile, KeepsAllThatWasChosen) {
    const fs::path folder = folder_.path() / "neu" / "Gecko ü 日本";
    ASSERT_TRUE(save(folder, chosen()));
    const auto loaded = load_settings(folder);
    ASSERT_TRUE(loaded) << loaded.error();
    EXPECT_EQ(loaded->settings, chosen());
    EXPECT_TRUE(loaded->messages.empty());
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2) << "more than it and its lock";
}

TEST_F(SettingsFile, HasOnlyWhatIsNotAsByDefault) {
    ASSERT_TRUE(save(folder_.path(), UserSettings{}));
    EXPECT_EQ(read(), "{\n  \"version\": 1\n}\n");
}

TEST_F(SettingsFile, AWrongValueIsNamedWithFileLineAndField) {
    const std::string file = (folder_.path() / kSettingsFile).string();
    struct Case {
        const char* text;
        const char* where;
        const char* what;
    };
    for (const Case& one : std::initializer_list<Case>{
             {"{\n \"version\": 1,\n \"preamp_db\": 12.5\n}", ":3: preamp_db: ", "-30 to 12 dB"},
             {"{\"version\": 1, \"preamp_db\": \"loud\"}", ":1: preamp_db: ", "a number, not a text"},
             {"{\"version\": 1,\n\n\"bypass\": 1}", ":3: bypass: ", "true or false"},
             {"{\"version\": 1,\r\n\"preset\":\n\"rokc\"}", ":2: preset: ", "Did you mean rock?"},
             {"{\"version\": 1,\n\"latency_mode\": \"fast\"}", ":2: latency_mode: ", "low, normal, safe"},
             {"{\"version\": 1,\n\"source\": \"\"}", ":2: source: ", "empty"},
             {"{\"version\": 1,\n\"output\": \"a\\u0007\"}", ":2: output: ", "control character"},
             {"{\"version\": 1,\n\"pressets\": \"rock\"}", ":2: pressets: ", "Did you mean preset?"},
             {"{\"version\": 1,\n\"applications\": {}}", ":2: applications: ", "a list, not object"},
             {"{\"version\": 1,\n\"applications\": [\n{\"application\": \"a\", \"preset\": \"rock\"},\n"
              "{\"application\": \"b\", \"preset\": \"jazz\"}]}",
              ":4: applications/1: ", "no preset \"jazz\""},
             {"{\"version\": 1,\n\"applications\": [{\n\"application\": \"a\",\n\"preset\": 5}]}",
              ":4: applications/0/preset: ", "a text, not number"},
             {"{\"version\": 1,\n\"applications\": [{\n\"application\": \"a\",\n\"gain\": 5}]}",
              ":4: applications/0/gain: ", "only \"application\" and \"preset\""},
             {"{\n\"version\": \"one\"}", ":2: version: ", "whole number"},
             {"{\n\"version\": 0}", ":2: version: ", "whole number"},
             {"{\n\"version\": 0.5}", ":2: version: ", "whole number"},
             {"{\"preset\": \"rock\"}", ": it has no \"version\"", "Add"},
         }) {
        const std::string words = refusal(one.text);
        EXPECT_TRUE(words.starts_with(file + one.where)) << words << "\n  for " << one.text;
        EXPECT_NE(words.find(one.what), std::string::npos) << words;
    }
}

TEST_F(SettingsFile, ThatIsDamagedIsSetAsideAndTheDefaultsCount) {
    struct Case {
        std::string text;
        const char* where;
    };
    const Case cases[] = {
        {"", ":1:1: "},
        {"{\n  \"version\": 1,\n  \"preset\" \"rock\"\n}", ":3:17: "},
        {"{\"version\": 1, \"preset\": \"ro", ":1:29: "},
        {"[1]", ":1:1: "},
        {"{\"version\": 1,\n\"ü\": \"\xff\"}", ":2:7: "},
        {"{\"version\": 1, \"preamp_db\": 1e999}", ":1:"},
        {"{\"version\": 1,\n\"preset\": \"rock\",\n\"preset\": \"flat\"}", ":3:"},
        {"{\"version\":" + std::string(100000, '['), ":1:"},
        {"{\"version\": 1, \"preset\": " + std::string(1 << 19, '['), ":1:"},
    };
    int n = 0;
    for (const Case& one : cases) {
        write(one.text);
        const auto loaded = load_settings(folder_.path());
        ASSERT_TRUE(loaded) << loaded.error();
        EXPECT_EQ(loaded->settings, UserSettings{});
        EXPECT_TRUE(loaded->may_save);
        ASSERT_EQ(loaded->messages.size(), 1U);
        const std::string aside = "settings.json.damaged-" + std::to_string(++n);
        EXPECT_EQ(read(aside), one.text);
        EXPECT_FALSE(fs::exists(folder_.path() / kSettingsFile));
        const std::string& words = loaded->messages[0];
        EXPECT_TRUE(words.starts_with((folder_.path() / kSettingsFile).string() + one.where)) << words;
        EXPECT_NE(words.find(aside), std::string::npos) << words;
    }
}

TEST_F(SettingsFile, OfANewerVersionIsUnderstoodAsFarAsPossibleAndNeverWritten) {
    const std::string newer =
        R"({"version": 2, "preset": "rock", "sparkle": [1], "preamp_db": "a lot", "bypass": true})";
    write(newer);
    const auto loaded = load_settings(folder_.path());
    ASSERT_TRUE(loaded) << loaded.error();
    EXPECT_EQ(loaded->settings.preset, "rock");
    EXPECT_TRUE(loaded->settings.bypass);
    EXPECT_EQ(loaded->settings.preamp_db, 0);
    EXPECT_FALSE(loaded->may_save);
    ASSERT_EQ(loaded->messages.size(), 1U);
    EXPECT_NE(loaded->messages[0].find("of version 2, this gecko knows 1"), std::string::npos);
    const auto saved = save(folder_.path(), chosen());
    ASSERT_FALSE(saved);
    EXPECT_NE(saved.error().find("of version 2"), std::string::npos) << saved.error();
    EXPECT_EQ(read(), newer);
    EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
}

TEST_F(SettingsFile, OfANewerVersionStaysHoweverItIsWritten) {
    const std::string deep = std::string(1000, '[') + std::string(1000, ']');
    struct Case {
        std::string text;
        bool understood;
    };
    for (const auto& [newer, understood] :
         std::initializer_list<Case>{{"{\"preset\": \"rock\", \"tree\": " + deep + ", \"version\": 2}", true},
                                     {"{\"preset\": \"rock\", \"version\": 2.5}", true},
                                     {"{\"preset\": \"rock\", \"version\": 99999999999999999999}", true},
                                     {"{\"x\": 1, \"x\": 2, \"preset\": \"rock\", \"version\": 2}", false},
                                     {"{\"version\": 2, \"preset\": \"ro", false}}) {
        write(newer);
        for (int i = 0; i < 2; ++i) {
            const auto loaded = i == 0 ? load_settings(folder_.path()) : look_at_settings(folder_.path());
            ASSERT_EQ(loaded.has_value(), understood);
            if (understood) {
                EXPECT_EQ(loaded->settings.preset, "rock");
                EXPECT_FALSE(loaded->may_save);
            } else {
                EXPECT_NE(loaded.error().find("of version 2, this gecko knows 1"), std::string::npos)
                    << loaded.error();
            }
        }
        for (const auto& changed : {save(folder_.path(), chosen()), reset_settings(folder_.path()),
                                    reset_settings(folder_.path(), "preset")}) {
            ASSERT_FALSE(changed) << newer;
            EXPECT_NE(changed.error().find("of version "), std::string::npos) << changed.error();
        }
        EXPECT_EQ(read(), newer);
        EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
    }
}

TEST_F(SettingsFile, ThatIsTooLargeToBeJudgedStays) {
    const std::string large = "{\"preset\": \"" + std::string(1 << 20, 'x') + "\", \"version\": 2}";
    write(large);
    for (const auto& done : {load_settings(folder_.path()), look_at_settings(folder_.path()),
                             save(folder_.path(), chosen()), reset_settings(folder_.path())}) {
        ASSERT_FALSE(done);
        EXPECT_NE(done.error().find("larger than 1 MB"), std::string::npos) << done.error();
    }
    EXPECT_EQ(read(), large);
    EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
}

// A time that grows with the square of the size would be minutes.
TEST_F(SettingsFile, OfAMegabyteIsAnswered) {
    const auto times = [](int count, const std::string& text) {
        std::string all;
        for (int i = 0; i < count; ++i) all += (i == 0 ? "" : ",") + text;
        return all;
    };
    constexpr int kMany = simulation::kSanitized ? 100'000 : 500'000;
    const std::string start = "{\"version\": 1,\n\"";
    std::string keys;
    for (int i = 0; i < 90'000; ++i) keys += "\"" + std::to_string(i) + "\":1,";
    for (const auto& [text, where] : std::initializer_list<std::pair<std::string, std::string>>{
             {start + "applications\":[" + times(kMany, "1") + "]}", ":2: applications/0: "},
             {start + "applications\":[\n" + times(kMany * 3 / 5, "{}") + "]}", ":3: applications/0: "},
             {start + "applications\":" + std::string(kMany, '[') + std::string(kMany, ']') + "}",
              ":2: applications/0: "},
             {start + std::string(300'000, 'x') + "\":[" + times(kMany * 3 / 5, "1") + "]}", ":2: xxx"},
             {"{" + keys + "\n\"version\": 1}", ":1: 0: "}}) {
        ASSERT_LT(text.size(), 1U << 20U);
        const std::string words = refusal(text);
        EXPECT_NE(words.find("settings.json" + where), std::string::npos) << words.substr(0, 200);
    }
}

// Version 1 called the preset "curve"; version 2 had the preamp in tenths of a decibel.
constexpr Migration kSteps[] = {
    {1,
     [](nlohmann::json& settings) -> std::expected<void, std::string> {
         if (settings.contains("curve")) {
             settings["preset"] = settings["curve"];
             settings.erase("curve");
         }
         return {};
     }},
    {2,
     [](nlohmann::json& settings) -> std::expected<void, std::string> {
         if (!settings.contains("preamp")) return {};
         if (!settings["preamp"].is_number()) return std::unexpected("preamp: it must be a number");
         settings["preamp_db"] = settings["preamp"].get<double>() / 10;
         settings.erase("preamp");
         return {};
     }},
};
constexpr Versions kThird{.current = 3, .steps = kSteps};

TEST_F(SettingsFile, OfEachOlderVersionIsBroughtUpToDateAndKept) {
    const std::pair<std::string, std::string> old[] = {
        {"1", R"({"version": 1, "curve": "rock", "preamp": -45})"},
        {"2", R"({"version": 2, "preset": "rock", "preamp": -45})"},
    };
    for (const auto& [version, text] : old) {
        write(text);
        const auto loaded = load_settings(folder_.path(), kThird);
        ASSERT_TRUE(loaded) << loaded.error();
        EXPECT_EQ(loaded->settings.preset, "rock");
        EXPECT_EQ(loaded->settings.preamp_db, -4.5);
        ASSERT_EQ(loaded->messages.size(), 1U);
        EXPECT_NE(loaded->messages[0].find("from version " + version + " to 3"), std::string::npos);
        EXPECT_EQ(read("settings.json.v" + version), text);
        const auto again = load_settings(folder_.path(), kThird);
        ASSERT_TRUE(again) << again.error();
        EXPECT_TRUE(again->messages.empty());
        EXPECT_EQ(again->settings, loaded->settings);
    }
}

TEST_F(SettingsFile, ABackupNeverReplacesAnother) {
    write("an older one", "settings.json.v1");
    const std::string text = R"({"version": 1, "curve": "rock"})";
    for (int i = 0; i < 2; ++i) {
        write(text);
        ASSERT_TRUE(load_settings(folder_.path(), kThird));
    }
    EXPECT_EQ(read("settings.json.v1"), "an older one");
    EXPECT_EQ(read("settings.json.v1-1"), text);
}

TEST_F(SettingsFile, ThatCannotBeMigratedStaysAndSaysWhy) {
    const std::pair<std::string, std::string> cases[] = {
        {R"({"version": 2, "preamp": "x"})", "preamp: it must be a number"},
        {R"({"version": 1, "curve": "jazz"})", "no preset \"jazz\""},
    };
    for (const auto& [text, what] : cases) {
        write(text);
        const auto loaded = load_settings(folder_.path(), kThird);
        ASSERT_FALSE(loaded);
        EXPECT_NE(loaded.error().find(what), std::string::npos) << loaded.error();
        EXPECT_EQ(read(), text);
    }
    EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
    const Versions without_first{.current = 3, .steps = std::span(kSteps).last(1)};
    write(R"({"version": 1})");
    const auto loaded = load_settings(folder_.path(), without_first);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().find("nothing is known of version 1"), std::string::npos) << loaded.error();
}

TEST(Migrations, ThereIsAStepFromEveryReleasedVersion) {
    ASSERT_EQ(kVersions.steps.size(), static_cast<std::size_t>(kVersions.current - 1));
    for (int version = 1; version < kVersions.current; ++version)
        EXPECT_EQ(kVersions.steps[static_cast<std::size_t>(version - 1)].from, version);
}

/// Has another process save settings that there is no room for. The error's words.
std::string saved_without_room(const fs::path& folder) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{.rlim_cur = 10, .rlim_max = 10};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        UserSettings other = chosen();
        other.preset = "vocal";
        const auto saved = save(folder, other);
        const std::string words = saved ? "(saved)" : saved.error();
        ::_exit(::write(ends[1], words.data(), words.size()) > 0 ? 0 : 1);
    }
    ::close(ends[1]);
    std::string words(4096, '\0');
    words.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(ends[0], words.data(), words.size()))));
    ::close(ends[0]);
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return words;
}

TEST_F(SettingsFile, IsTheOldOneWhereThereIsNoRoomForTheNew) {
    ASSERT_TRUE(save(folder_.path(), chosen()));
    const std::string before = read();
    const std::string words = saved_without_room(folder_.path());
    EXPECT_NE(words.find("cannot write"), std::string::npos) << words;
    EXPECT_EQ(read(), before);
    EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
}

TEST_F(SettingsFile, ThatWasSetAsideIsNamedWhereThereIsNoRoomForTheNew) {
    write("{");
    const std::string words = saved_without_room(folder_.path());
    EXPECT_NE(words.find("cannot write"), std::string::npos) << words;
    EXPECT_NE(words.find("settings.json.damaged-1"), std::string::npos) << words;
    EXPECT_EQ(read("settings.json.damaged-1"), "{");
}

TEST_F(SettingsFile, ThatCannotBeReadIsAnErrorAndNotReplaced) {
    fs::create_directory(folder_.path() / kSettingsFile);
    EXPECT_FALSE(load_settings(folder_.path()));
    EXPECT_FALSE(save(folder_.path(), chosen()));
    EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
}

TEST_F(SettingsFile, ThatIsOnlyLookedAtStays) {
    for (const char* text : {"{", "{\"version\": 1, \"bypass\": 1}", "[]"}) {
        write(text);
        const auto found = look_at_settings(folder_.path());
        ASSERT_FALSE(found);
        EXPECT_NE(found.error().find("settings.json:1:"), std::string::npos) << found.error();
        EXPECT_EQ(read(), text);
        EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
    }
    ASSERT_TRUE(save(folder_.path(), chosen()));
    EXPECT_EQ(look_at_settings(folder_.path())->settings, chosen());
}

TEST_F(SettingsFile, WithoutAHomeThereIsNone) {
    const auto loaded = load_settings({});
    ASSERT_TRUE(loaded);
    EXPECT_FALSE(loaded->may_save);
    EXPECT_EQ(loaded->messages.size(), 1U);
    EXPECT_FALSE(save({}, chosen()));
}

std::string set(UserSettings& settings, const std::string& name, std::vector<std::string> typed) {
    const auto done = set_setting(settings, name, typed);
    return done ? "" : done.error();
}

TEST(SetSetting, TakesEachFieldAsItIsTyped) {
    UserSettings settings;
    EXPECT_EQ(set(settings, "preset", {"rock"}), "");
    EXPECT_EQ(set(settings, "preamp_db", {"-3.25"}), "");
    EXPECT_EQ(set(settings, "volume_percent", {"120"}), "");
    EXPECT_EQ(set(settings, "bypass", {"true"}), "");
    EXPECT_EQ(set(settings, "applications", {"com.apple.Music=vocal", "4711=flat", "Grüße =x=podcast"}), "");
    EXPECT_EQ(set(settings, "take_default", {"false"}), "");
    EXPECT_EQ(set(settings, "latency_mode", {"safe"}), "");
    EXPECT_EQ(set(settings, "source", {"BlackHole2ch_UID"}), "");
    EXPECT_EQ(set(settings, "output", {"Kopfhörer-日本語"}), "");
    EXPECT_EQ(settings, chosen());
    EXPECT_EQ(set(settings, "applications", {}), "");
    EXPECT_TRUE(settings.applications.empty());
}

TEST(SetSetting, SaysWhatIsWrongAndChangesNothing) {
    UserSettings settings = chosen();
    EXPECT_NE(set(settings, "preset", {"rokc"}).find("Did you mean rock?"), std::string::npos);
    EXPECT_NE(set(settings, "volume_percent", {"201"}).find("0 to 200 %"), std::string::npos);
    EXPECT_NE(set(settings, "volume_percent", {"1,5"}).find("a number"), std::string::npos);
    EXPECT_NE(set(settings, "bypass", {"yes"}).find("true or false"), std::string::npos);
    EXPECT_NE(set(settings, "latency_mode", {"fast"}).find("low, normal, safe"), std::string::npos);
    EXPECT_NE(set(settings, "volume", {"1"}).find("Did you mean volume_percent?"), std::string::npos);
    EXPECT_NE(set(settings, "preset", {"a", "b"}).find("one value, not 2"), std::string::npos);
    EXPECT_NE(set(settings, "applications", {"a=flat", "b"}).find("no preset"), std::string::npos);
    EXPECT_NE(set(settings, "output", {"\xff"}).find("not UTF-8"), std::string::npos);
    EXPECT_EQ(settings, chosen());
}

}  // namespace
}  // namespace gecko::settings
