#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "settings/user_settings.hpp"
#include "tests/settings/temporary_folder.hpp"

namespace gecko::settings {

namespace fs = std::filesystem;

/// A folder for a settings file.
class SettingsFile : public ::testing::Test {
  protected:
    void write(const std::string& text, const std::string& name = kSettingsFile) {
        std::ofstream(folder_.path() / name, std::ios::binary) << text;
    }
    std::string read(const std::string& name = kSettingsFile) {
        std::ifstream file(folder_.path() / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::set<std::string> names() {
        std::set<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder_.path()))
            found.insert(entry.path().filename().string());
        found.erase("settings.lock");
        return found;
    }
    std::string refusal(const std::string& text) {
        write(text);
        const auto loaded = load_settings(folder_.path());
        EXPECT_EQ(read(), text) << "the file has changed";
        return loaded ? "(accepted)" : loaded.error();
    }

    TemporaryFolder folder_;
};

/// Every field another than by default.
inline UserSettings chosen() {
    UserSettings settings;
    settings.preset = "rock";
    settings.preamp_db = -3.25;
    settings.volume_percent = 120;
    settings.bypass = true;
    settings.applications = {{"com.apple.Music", "vocal"}, {"4711", "flat"}, {"Grüße =x", "podcast"}};
    settings.take_default = false;
    settings.latency_mode = LatencyMode::safe;
    settings.source = "BlackHole2ch_UID";
    settings.output = "Kopfhörer-日本語";
    return settings;
}

/// Whatever the file says.
inline std::expected<Loaded, std::string> save(const fs::path& folder, const UserSettings& settings) {
    return update_settings(folder, "", [&](UserSettings& there) { there = settings; });
}

}  // namespace gecko::settings
