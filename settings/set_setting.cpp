#include <fmt/format.h>

#include "settings/fields.hpp"
#include "settings/settings_json.hpp"

namespace gecko::settings {
namespace {

using nlohmann::json;
using Set = std::expected<void, std::string>;

/// APPLICATION=PRESET as in the file. Without an equals sign all is the application; the check then says what lacks.
json application_of(const std::string& typed) {
    const auto equals = typed.rfind('=');
    const bool whole = equals == std::string::npos;
    return {{"application", typed.substr(0, equals)}, {"preset", whole ? "" : typed.substr(equals + 1)}};
}

/// What was typed as the field's JSON.
json json_of(const Field& field, std::span<const std::string> typed) {
    if (field.kind == Kind::applications) {
        json list = json::array();
        for (const std::string& one : typed) list.push_back(application_of(one));
        return list;
    }
    const bool is_json = field.kind == Kind::flag || field.kind == Kind::number;
    json value = is_json ? json::parse(typed[0], nullptr, false) : json(typed[0]);
    return value.is_discarded() ? json(typed[0]) : value;
}

/// Whether a file with it could be read again: JSON is UTF-8.
bool is_utf8(const std::string& text) {
    const json value(text);
    return value.dump(-1, ' ', false, json::error_handler_t::ignore) ==
           value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Set set_setting(UserSettings& settings, std::string_view name, std::span<const std::string> typed) {
    const Field* field = find_field(name);
    if (field == nullptr) return std::unexpected(no_such_field(name));
    if (field->kind != Kind::applications && typed.size() != 1)
        return std::unexpected(fmt::format("{}: it takes one value, not {}", name, typed.size()));
    for (const std::string& one : typed)
        if (!is_utf8(one)) return std::unexpected(fmt::format("{}: the value is not UTF-8", name));
    const auto read = read_field(*field, json_of(*field, typed), settings);
    if (!read) return std::unexpected(fmt::format("{}: {}", read.error().path, read.error().what));
    return {};
}

}  // namespace gecko::settings
