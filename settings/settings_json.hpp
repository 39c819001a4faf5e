#pragma once

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "settings/document.hpp"
#include "settings/user_settings.hpp"

namespace gecko::settings {

struct Field;

/// What is wrong with a value in a file.
struct FieldError {
    std::string path;  ///< as in Document::lines; "" for the whole
    std::string what;
};

/// The settings in an object; what it lacks is as by default. The key "version" is passed over, any other that is none is an error.
std::expected<UserSettings, FieldError> read_settings(const nlohmann::json& object);
/// As far as it can be understood.
UserSettings read_what_is_known(const nlohmann::json& object);
/// One field from its JSON. `settings` stays as it is where that fails.
std::expected<void, FieldError> read_field(const Field& field, const nlohmann::json& value,
                                           UserSettings& settings);

/// One field as JSON.
nlohmann::json write_field(const Field& field, const UserSettings& settings);
/// The file's object: the version and all that is not as by default.
nlohmann::json write_settings(const UserSettings& settings, int version);

}  // namespace gecko::settings
