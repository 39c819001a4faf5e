#include "settings/settings_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "settings/atomic_file.hpp"
#include "settings/fields.hpp"
#include "settings/file_lock.hpp"
#include "settings/settings_json.hpp"
#include "settings/stored_settings.hpp"

namespace gecko::settings {
namespace {

namespace fs = std::filesystem;
using State = Stored::State;

constexpr const char* kNoHome = "this user has no home folder, so settings are neither read nor kept";
constexpr const char* kLock = "settings.lock";  // held by who changes the file
constexpr std::string_view kNone;               // no field is passed over

/// The first of file.suffix1, file.suffix2, ... that is not there.
fs::path free_name(const fs::path& file, std::string_view suffix) {
    for (int n = 1;; ++n) {
        fs::path name = file.string() + fmt::format("{}{}", suffix, n);
        std::error_code ignored;
        if (fs::symlink_status(name, ignored).type() == fs::file_type::not_found) return name;
    }
}

/// Under the lock. Gives the new name.
std::expected<fs::path, std::string> set_aside(const fs::path& file) {
    const fs::path target = where_links_lead(file);
    fs::path aside = free_name(target, ".damaged-");
    if (std::rename(target.c_str(), aside.c_str()) == 0) return aside;
    return std::unexpected(std::generic_category().message(errno));
}

/// Under the lock: keeps an older file. Gives the copy's name.
std::expected<fs::path, std::string> keep_older(const fs::path& file, const Stored& stored) {
    fs::path backup = file.string() + fmt::format(".v{}", stored.version);
    std::error_code ignored;
    if (fs::symlink_status(backup, ignored).type() != fs::file_type::not_found) {
        const auto kept = read_file(backup);
        if (kept && *kept == stored.text) return backup;
        backup = free_name(file, fmt::format(".v{}-", stored.version));
    }
    if (auto done = write_atomically(backup, stored.text); !done) return std::unexpected(done.error());
    return backup;
}

std::expected<void, std::string> write(const fs::path& file, const UserSettings& settings,
                                       const Versions& versions) {
    return write_atomically(file, write_settings(settings, versions.current).dump(2) + "\n");
}

std::unexpected<std::string> refusal(const Unreadable& error) {
    return std::unexpected(error.words + error.way_out);
}

std::string was_set_aside(std::string_view why, const fs::path& aside) {
    return fmt::format("{}. The file was set aside as {}; the default settings count.", why, aside.string());
}

std::string was_brought(const Stored& stored, const fs::path& backup, const Versions& versions) {
    return fmt::format("The settings were brought from version {} to {}; the old file is {}.", stored.version,
                       versions.current, backup.string());
}

/// Under the lock: what `stored` is makes way for `settings`, and is kept as far as somebody could miss it.
std::expected<Loaded, std::string> replace(const fs::path& file, const Stored& stored,
                                           const UserSettings& settings, const Versions& versions) {
    Loaded loaded{.settings = settings, .messages = {}};
    if (stored.state == State::newer) return std::unexpected(stored.words + ". Update gecko");
    if (stored.state == State::damaged) {
        const auto aside = set_aside(file);
        if (!aside)
            return std::unexpected(
                fmt::format("{}. It could not be set aside: {}", stored.words, aside.error()));
        loaded.messages.push_back(was_set_aside(stored.words, *aside));
    }
    if (stored.state == State::older) {
        const auto backup = keep_older(file, stored);
        if (!backup) return std::unexpected(backup.error());
        loaded.messages.push_back(was_brought(stored, *backup, versions));
    }
    if (const auto done = write(file, settings, versions); !done) {
        std::string words = done.error();
        for (const std::string& before : loaded.messages) words += ". " + before;
        return std::unexpected(std::move(words));
    }
    return loaded;
}

/// Sets a damaged file aside, brings an older one up to date: under the lock, or where `obstacle` says why that could not be had
/// neither. What could not be done is said.
Loaded repair(const fs::path& file, const Stored& stored, const Versions& versions,
              const std::string& obstacle) {
    Loaded loaded{.settings = stored.settings, .messages = {}};
    if (stored.state == State::damaged) {
        const auto aside = obstacle.empty() ? set_aside(file) : std::unexpected(obstacle);
        loaded.may_save = aside.has_value();
        loaded.messages.push_back(
            aside ? was_set_aside(stored.words, *aside)
                  : fmt::format("{}. It could not be set aside ({}); the default settings count.",
                                stored.words, aside.error()));
    }
    if (stored.state != State::older) return loaded;
    auto done =
        obstacle.empty() ? replace(file, stored, stored.settings, versions) : std::unexpected(obstacle);
    if (done) return *std::move(done);
    loaded.messages.push_back(
        fmt::format("The settings are of version {} and stay so: {}.", stored.version, done.error()));
    return loaded;
}

Loaded newer(const Stored& stored) {
    return {
        .settings = stored.settings,
        .messages = {stored.words + ": what it does not know is passed over, and the file stays as it is."},
        .may_save = false};
}

Loaded without_home() {
    return {.settings = {}, .messages = {kNoHome + std::string(".")}, .may_save = false};
}

/// Under the lock, around reading and writing.
template <class What>
std::expected<Loaded, std::string> locked(const fs::path& folder, What what) {
    if (folder.empty()) return std::unexpected(kNoHome);
    const auto lock = FileLock::take(folder / kLock);
    if (!lock) return std::unexpected(fmt::format("{}: {}", (folder / kSettingsFile).string(), lock.error()));
    return what(folder / kSettingsFile);
}

}  // namespace

std::expected<Loaded, std::string> load_settings(const fs::path& folder, const Versions& versions) {
    if (folder.empty()) return without_home();
    const fs::path file = folder / kSettingsFile;
    const auto read = [&] { return read_stored(file, versions, kNone); };
    auto stored = read();
    if (!stored) return refusal(stored.error());
    if (stored->state == State::newer) return newer(*stored);
    if (stored->state == State::good) return Loaded{.settings = std::move(stored->settings), .messages = {}};
    const auto lock = FileLock::take(folder / kLock);
    if (lock) stored = read();  // somebody else may have done it meanwhile
    if (!stored) return refusal(stored.error());
    if (stored->state == State::newer) return newer(*stored);
    return repair(file, *stored, versions, lock ? "" : lock.error());
}

std::expected<Loaded, std::string> look_at_settings(const fs::path& folder) {
    if (folder.empty()) return without_home();
    auto stored = read_stored(folder / kSettingsFile, kVersions, kNone);
    if (!stored) return refusal(stored.error());
    if (stored->state == State::damaged) return std::unexpected(stored->words);
    if (stored->state == State::newer) return newer(*stored);
    return Loaded{.settings = std::move(stored->settings), .messages = {}};
}

std::expected<Loaded, std::string> update_settings(const fs::path& folder, std::string_view field,
                                                   const std::function<void(UserSettings&)>& change,
                                                   const Versions& versions) {
    return locked(folder, [&](const fs::path& file) -> std::expected<Loaded, std::string> {
        const auto stored = read_stored(file, versions, field);
        if (!stored) return refusal(stored.error());
        UserSettings settings = stored->settings;
        change(settings);
        return replace(file, *stored, settings, versions);
    });
}

std::expected<Loaded, std::string> load_settings(const fs::path& folder) {
    return load_settings(folder, kVersions);
}

std::expected<Loaded, std::string> update_settings(const fs::path& folder, std::string_view field,
                                                   const std::function<void(UserSettings&)>& change) {
    return update_settings(folder, field, change, kVersions);
}

std::expected<Loaded, std::string> reset_settings(const fs::path& folder, std::string_view field) {
    return locked(folder, [&](const fs::path& file) -> std::expected<Loaded, std::string> {
        const auto stored = read_stored(file, kVersions, field);
        if (!stored) return refusal(stored.error());
        if (find_field(field) == nullptr && !stored->passed_over)
            return std::unexpected(no_such_field(field));
        return replace(file, *stored, stored->settings, kVersions);
    });
}

std::expected<Loaded, std::string> reset_settings(const fs::path& folder) {
    return locked(folder, [&](const fs::path& file) -> std::expected<Loaded, std::string> {
        auto stored = read_stored(file, kVersions, kNone);
        if (!stored && !stored.error().may_replace) return refusal(stored.error());
        if (!stored) {
            Stored wrong;
            wrong.state = State::damaged;
            wrong.words = stored.error().words;
            stored = std::move(wrong);
        }
        return replace(file, *stored, UserSettings{}, kVersions);
    });
}

}  // namespace gecko::settings
