// The settings file as programs and people change it: at the same time, through links, where a value in it cannot be.
#include <sys/stat.h>

#include <thread>

#include "settings/settings_file.hpp"
#include "tests/settings/settings_file.hpp"

namespace gecko::settings {
namespace {

class SettingsChanges : public SettingsFile {
  protected:
    /// The error's words; "" if it was done.
    std::string set_preset(const std::string& field = "preset") {
        const auto done =
            update_settings(folder_.path(), field, [](UserSettings& settings) { settings.preset = "rock"; });
        return done ? "" : done.error();
    }
    std::string reset(const std::string& field) {
        const auto done = reset_settings(folder_.path(), field);
        return done ? "" : done.error();
    }
};

TEST_F(SettingsChanges, OfSeveralAtTheSameTimeNoneIsLost) {
    constexpr int kEach = 4;
    const auto add_all = [&](int who) {
        for (int i = 0; i < kEach; ++i) {
            const auto done = update_settings(folder_.path(), "", [&](UserSettings& settings) {
                settings.applications.push_back({std::to_string(100 * who + i + 1), "rock"});
            });
            EXPECT_TRUE(done) << done.error();
        }
    };
    std::vector<std::thread> all;
    for (int who = 0; who < 4; ++who) all.emplace_back(add_all, who);
    for (std::thread& one : all) one.join();
    std::set<std::string> there;
    const auto loaded = load_settings(folder_.path());
    ASSERT_TRUE(loaded) << loaded.error();
    for (const ApplicationChoice& one : loaded->settings.applications) there.insert(one.application);
    EXPECT_EQ(there.size(), 16U);
}

TEST_F(SettingsChanges, AFieldThatCannotBeIsSetAndTheRestIsKept) {
    write("{\"version\": 1, \"preset\": \"rokc\", \"bypass\": true}");
    EXPECT_EQ(set_preset(), "");
    const auto loaded = load_settings(folder_.path());
    ASSERT_TRUE(loaded) << loaded.error();
    EXPECT_EQ(loaded->settings.preset, "rock");
    EXPECT_TRUE(loaded->settings.bypass);
    EXPECT_EQ(names(), (std::set<std::string>{kSettingsFile}));
}

TEST_F(SettingsChanges, AFieldThatCannotBeIsResetAndTheRestIsKept) {
    for (const char* field : {"preset", "pressets"}) {
        write("{\"version\": 1, \"" + std::string(field) + "\": 7, \"bypass\": true}");
        EXPECT_EQ(reset(field), "");
        const auto loaded = load_settings(folder_.path());
        ASSERT_TRUE(loaded) << loaded.error();
        EXPECT_EQ(loaded->settings.preset, "flat");
        EXPECT_TRUE(loaded->settings.bypass);
        EXPECT_EQ(read().find(field), std::string::npos);
    }
    EXPECT_NE(reset("pressets").find("Did you mean preset?"), std::string::npos);
    EXPECT_NE(reset("version").find("no setting \"version\""), std::string::npos);
}

TEST_F(SettingsChanges, WhileAnotherFieldCannotBeNothingChangesAndItIsNamed) {
    const std::string text = "{\"version\": 1,\n\"preset\": \"rokc\",\n\"volume_percent\": 1000}";
    write(text);
    for (const std::string& words : {set_preset(), reset("preset")}) {
        EXPECT_NE(words.find("settings.json:3: volume_percent: 1000 is out of range"), std::string::npos)
            << words;
        EXPECT_NE(words.find("gecko settings --reset volume_percent"), std::string::npos) << words;
    }
    EXPECT_EQ(read(), text);
}

TEST_F(SettingsChanges, AllAreResetWhateverTheFileSaysAndItIsKept) {
    int n = 0;
    for (const char* text : {"{\"version\": 1, \"preset\": \"rokc\"}", "{\"version\": \"one\"}", "{}", "{"}) {
        write(text);
        const auto done = reset_settings(folder_.path());
        ASSERT_TRUE(done) << done.error();
        EXPECT_EQ(done->settings, UserSettings{});
        const std::string aside = "settings.json.damaged-" + std::to_string(++n);
        EXPECT_EQ(read(aside), text);
        ASSERT_EQ(done->messages.size(), 1U);
        EXPECT_NE(done->messages[0].find(aside), std::string::npos) << done->messages[0];
        EXPECT_EQ(load_settings(folder_.path())->settings, UserSettings{});
    }
    ASSERT_TRUE(save(folder_.path(), chosen()));
    const auto done = reset_settings(folder_.path());
    ASSERT_TRUE(done) << done.error();
    EXPECT_TRUE(done->messages.empty());
    EXPECT_EQ(load_settings(folder_.path())->settings, UserSettings{});
}

class LinkedSettings : public SettingsChanges {
  protected:
    void SetUp() override {
        fs::create_directory(kept_.parent_path());
        fs::create_symlink("second", folder_.path() / kSettingsFile);
        fs::create_symlink("dot files/gecko.json", folder_.path() / "second");
    }
    void expect_links() {
        EXPECT_TRUE(fs::is_symlink(folder_.path() / kSettingsFile));
        EXPECT_TRUE(fs::is_symlink(folder_.path() / "second"));
    }

    fs::path kept_ = folder_.path() / "dot files" / "gecko.json";
};

TEST_F(LinkedSettings, AreReplacedWhereTheLinksLeadAndKeepTheirPermissions) {
    std::ofstream(kept_) << R"({"version": 1})";
    ASSERT_EQ(::chmod(kept_.c_str(), 0640), 0);
    ASSERT_TRUE(save(folder_.path(), chosen()));
    expect_links();
    EXPECT_EQ(load_settings(folder_.path())->settings, chosen());
    struct stat now{};
    ASSERT_EQ(::stat(kept_.c_str(), &now), 0);
    EXPECT_EQ(now.st_mode & 0777U, 0640U);
}

TEST_F(LinkedSettings, ThatAreNotThereAreMadeWhereTheLinksLead) {
    ASSERT_TRUE(save(folder_.path(), chosen()));
    expect_links();
    EXPECT_TRUE(fs::is_regular_file(kept_));
    EXPECT_EQ(load_settings(folder_.path())->settings, chosen());
}

TEST_F(LinkedSettings, ThatAreDamagedAreSetAsideWhereTheLinksLead) {
    for (int n = 1; n < 3; ++n) {
        std::ofstream(kept_) << "{";
        const auto loaded = load_settings(folder_.path());
        ASSERT_TRUE(loaded) << loaded.error();
        expect_links();
        EXPECT_FALSE(fs::exists(kept_));
        const std::string aside = kept_.string() + ".damaged-" + std::to_string(n);
        EXPECT_TRUE(fs::is_regular_file(aside));
        EXPECT_NE(loaded->messages.at(0).find(aside), std::string::npos) << loaded->messages[0];
    }
    ASSERT_TRUE(save(folder_.path(), chosen()));
    expect_links();
    EXPECT_TRUE(fs::exists(kept_));
}

TEST_F(LinkedSettings, AreAnErrorWhereTheirFolderIsNotThere) {
    fs::remove(kept_.parent_path());
    const auto saved = save(folder_.path(), chosen());
    ASSERT_FALSE(saved);
    EXPECT_NE(saved.error().find("dot files"), std::string::npos) << saved.error();
    expect_links();
}

TEST_F(SettingsChanges, WhatIsNoFileIsNeitherReadNorRenamed) {
    for (const char* device : {"/dev/null", "."}) {
        fs::create_symlink(device, folder_.path() / kSettingsFile);
        const auto loaded = load_settings(folder_.path());
        ASSERT_FALSE(loaded);
        EXPECT_NE(loaded.error().find("cannot be read"), std::string::npos) << loaded.error();
        EXPECT_NE(set_preset(), "");
        EXPECT_TRUE(fs::is_symlink(folder_.path() / kSettingsFile));
        fs::remove(folder_.path() / kSettingsFile);
    }
    EXPECT_TRUE(fs::exists("/dev/null"));
}

}  // namespace
}  // namespace gecko::settings
