#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "dsp/eq_settings.hpp"
#include "settings/application_presets.hpp"
#include "settings/user_settings.hpp"

/// Every field of the settings file in one table: reading, writing, checking, `gecko settings` and docs/settings.md follow from it.
namespace gecko::settings {

inline constexpr double kMaxVolumePercent = 200;
inline constexpr std::size_t kMaxTextBytes = 1024;
/// How many applications can have a preset of their own, and how long a bundle ID may be (engine/applications.hpp, shm/layout.hpp).
inline constexpr ApplicationLimits kApplicationLimits{.applications = 16, .bundle_id_bytes = 103};

enum class Kind : std::uint8_t {
    flag,          ///< true or false
    number,        ///< from `min` to `max`
    choice,        ///< one of kLatencyModes
    preset,        ///< the name of a preset
    text,          ///< UTF-8 of at least `min` and at most `max` bytes, without control characters
    applications,  ///< a list of ApplicationChoice
};

struct Field {
    using Member = std::variant<bool UserSettings::*, double UserSettings::*, LatencyMode UserSettings::*,
                                std::string UserSettings::*, std::vector<ApplicationChoice> UserSettings::*>;

    std::string_view name;
    Kind kind;
    Member member;  ///< of the type that `kind` goes with; what UserSettings{} has there is the default
    double min;
    double max;
    std::string_view unit;  ///< of numbers, for people
    std::string_view text;  ///< what it is for, one line
};

inline constexpr Field kFields[] = {
    {"preset", Kind::preset, &UserSettings::preset, 0, 0, "", "which of `gecko presets` all goes through"},
    {"preamp_db", Kind::number, &UserSettings::preamp_db, dsp::kMinPreampDb, dsp::kMaxPreampDb, "dB",
     "gain before the bands, on top of the preset's own"},
    {"volume_percent", Kind::number, &UserSettings::volume_percent, 0, kMaxVolumePercent, "%",
     "master volume"},
    {"bypass", Kind::flag, &UserSettings::bypass, 0, 0, "", "leave the equaliser and the preamp out"},
    {"applications", Kind::applications, &UserSettings::applications, 0,
     static_cast<double>(kApplicationLimits.applications), "",
     "applications with a preset of their own, ahead of `preset`"},
    {"take_default", Kind::flag, &UserSettings::take_default, 0, 0, "",
     "make Gecko Sink the default output while gecko runs, and give the old one back afterwards"},
    {"latency_mode", Kind::choice, &UserSettings::latency_mode, 0, 0, "",
     "how much delay is spent on safety from dropouts"},
    {"source", Kind::text, &UserSettings::source, 1, kMaxTextBytes, "",
     "what is equalised: \"driver\" (Gecko Sink), or the UID of a loopback device"},
    {"output", Kind::text, &UserSettings::output, 0, kMaxTextBytes, "",
     "UID of the device to play on; \"\" follows the system's default output"},
};

/// The field of exactly this name, or null.
const Field* find_field(std::string_view name) noexcept;
/// That there is no field of this name, and which may have been meant.
std::string no_such_field(std::string_view name);

/// Nothing, or in words what is wrong with the field's value.
std::expected<void, std::string> check(const Field& field, const UserSettings& settings);
/// The field's value as people read it; "" for none.
std::string value_text(const Field& field, const UserSettings& settings);
/// Whether the field's value is the default.
bool is_default(const Field& field, const UserSettings& settings);
/// The field's value from one to the other.
void copy_field(const Field& field, const UserSettings& from, UserSettings& to);

}  // namespace gecko::settings
