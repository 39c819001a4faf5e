#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gecko::settings {

inline constexpr const char* kSettingsFile = "settings.json";

/// How much is kept between what applications play and what is heard.
enum class LatencyMode : std::uint8_t { low, normal, safe };
inline constexpr std::array<std::string_view, 3> kLatencyModes{"low", "normal", "safe"};

/// UserSettings::source: Gecko's own driver.
inline constexpr std::string_view kDriverSource = "driver";

/// An application and its own preset, as `gecko run --app` takes them.
struct ApplicationChoice {
    std::string application;  ///< a bundle ID, or a process ID in digits
    std::string preset;

    friend bool operator==(const ApplicationChoice&, const ApplicationChoice&) = default;
};

/// What the user chose. As it is made: the defaults. What each is for, and its range: fields.hpp.
struct UserSettings {
    std::string preset = "flat";
    double preamp_db = 0;
    double volume_percent = 100;
    bool bypass = false;
    std::vector<ApplicationChoice> applications;
    bool take_default = true;
    LatencyMode latency_mode = LatencyMode::normal;
    std::string source{kDriverSource};  ///< kDriverSource, or the UID of a loopback device
    std::string output;                 ///< a device's UID; "": the system's

    friend bool operator==(const UserSettings&, const UserSettings&) = default;
};

/// What load_settings() found, or a change left.
struct Loaded {
    UserSettings settings;
    std::vector<std::string> messages;  ///< for the user, one line each; nothing to say: empty
    bool may_save = true;               ///< false: the file is a newer gecko's, and stays as it is
};

/// What kSettingsFile in `folder` says; the defaults if it is not there. Any thread.
///
/// A file of an older version is brought up to date, and the old one kept as settings.json.v<version>. One that is no JSON is set
/// aside as settings.json.damaged-<n>, and the defaults count. Of a newer version what is understood counts, and nothing is written.
/// The error says in words, with file, line and field, which value cannot be, or why the file cannot be judged (too large, a newer
/// version's and cut off, not readable); the file then stays as it is.
std::expected<Loaded, std::string> load_settings(const std::filesystem::path& folder);

/// As load_settings(), for who only looks: nothing is written or renamed, and a file that is no JSON is an error.
std::expected<Loaded, std::string> look_at_settings(const std::filesystem::path& folder);

/// Reads kSettingsFile in `folder`, has `change` change it, and writes what differs from the defaults; the folder is made if need be.
/// Whoever else changes the file meanwhile, in this process or another, waits: no change is lost. After a crash at any moment the
/// file is the old one or the new one. Any thread.
///
/// `field` is the one that `change` sets: what the file has there need not be valid, and comes to `change` as by default. "": none.
/// What load_settings() cannot read apart from that field, or may not save, is an error, and stays as it is.
std::expected<Loaded, std::string> update_settings(const std::filesystem::path& folder,
                                                   std::string_view field,
                                                   const std::function<void(UserSettings&)>& change);
/// The same for setting `field` to its default. A field that does not exist is taken out of the file; an error if that has none either.
std::expected<Loaded, std::string> reset_settings(const std::filesystem::path& folder,
                                                  std::string_view field);
/// The same for all fields. A file in which a value cannot be is set aside.
std::expected<Loaded, std::string> reset_settings(const std::filesystem::path& folder);

/// Sets the field named `name` to what was typed: one value, or for `applications` any number of APPLICATION=PRESET. The error says
/// in words what is wrong; `settings` is then as it was.
std::expected<void, std::string> set_setting(UserSettings& settings, std::string_view name,
                                             std::span<const std::string> typed);

}  // namespace gecko::settings
