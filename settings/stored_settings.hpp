#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "settings/migrations.hpp"
#include "settings/user_settings.hpp"

namespace gecko::settings {

/// The settings file, read and not changed.
struct Stored {
    enum class State : std::uint8_t {
        good,     ///< or not there
        older,    ///< `settings` are brought up to date
        newer,    ///< `settings` are what is understood of it
        damaged,  ///< no JSON; `settings` are the defaults
    };

    State state = State::good;
    UserSettings settings;
    std::string words;         ///< newer, damaged: that it is, for people
    std::string text;          ///< older: what the file holds
    int version = 0;           ///< older: its version
    bool passed_over = false;  ///< it has what was to be passed over
};

/// Why a settings file could not be understood.
struct Unreadable {
    std::string words;    ///< for people, with file, line and field
    std::string way_out;  ///< for people, behind `words`: what to do; perhaps ""
    /// If the user says so: it is of this version or an older one, and a value in it cannot be.
    bool may_replace = false;
};

/// Reads `file`; the defaults if it is not there. The field `passed_over` is left out, whether what it has can be or not.
std::expected<Stored, Unreadable> read_stored(const std::filesystem::path& file, const Versions& versions,
                                              std::string_view passed_over);

/// A file's bytes, of one that is larger than settings can be the first ones; nothing if it is not there, an error in words if it
/// cannot be read.
std::expected<std::optional<std::string>, std::string> read_file(const std::filesystem::path& file);

}  // namespace gecko::settings
