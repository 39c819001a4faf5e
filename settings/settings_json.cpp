#include "settings/settings_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "settings/fields.hpp"

namespace gecko::settings {
namespace {

using nlohmann::json;
using Read = std::expected<void, FieldError>;

constexpr const char* kApplication = "application";
constexpr const char* kPreset = "preset";

std::unexpected<FieldError> wrong(std::string path, std::string what) {
    return std::unexpected(FieldError{.path = std::move(path), .what = std::move(what)});
}

std::unexpected<FieldError> wrong_type(std::string path, std::string_view wanted, const json& found) {
    return wrong(std::move(path), fmt::format("it must be {}, not {}", wanted,
                                              found.is_string() ? std::string("a text") : found.type_name()));
}

Read read_value(const Field& field, const json& value, bool& target) {
    if (!value.is_boolean()) return wrong_type(std::string(field.name), "true or false", value);
    target = value.get<bool>();
    return {};
}

Read read_value(const Field& field, const json& value, double& target) {
    if (!value.is_number()) return wrong_type(std::string(field.name), "a number", value);
    target = value.get<double>();
    return {};
}

Read read_value(const Field& field, const json& value, std::string& target) {
    if (!value.is_string()) return wrong_type(std::string(field.name), "a text", value);
    target = value.get<std::string>();
    return {};
}

Read read_value(const Field& field, const json& value, LatencyMode& target) {
    const auto* mode = value.is_string()
                           ? std::ranges::find(kLatencyModes, value.get_ref<const std::string&>())
                           : kLatencyModes.end();
    if (mode == kLatencyModes.end()) {
        return wrong(std::string(field.name),
                     fmt::format("it must be one of {}", fmt::join(kLatencyModes, ", ")));
    }
    target = static_cast<LatencyMode>(mode - kLatencyModes.begin());
    return {};
}

Read read_value(const Field& field, const json& value, std::vector<ApplicationChoice>& target) {
    const std::string name(field.name);
    if (!value.is_array()) return wrong_type(name, "a list", value);
    target.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string path = fmt::format("{}/{}", name, i);
        if (!value[i].is_object()) return wrong_type(path, "an object", value[i]);
        ApplicationChoice choice;
        for (const auto& [key, text] : value[i].items()) {
            std::string* part = key == kApplication ? &choice.application
                                : key == kPreset    ? &choice.preset
                                                    : nullptr;
            const std::string where = fmt::format("{}/{}", path, key);
            if (part == nullptr)
                return wrong(where, "an application has only \"application\" and \"preset\"");
            if (!text.is_string()) return wrong_type(where, "a text", text);
            *part = text.get<std::string>();
        }
        target.push_back(std::move(choice));
        // One by one: so an error has the line of its application.
        UserSettings so_far;
        so_far.applications = target;
        if (const auto checked = check(field, so_far); !checked) return wrong(path, checked.error());
    }
    return {};
}

json json_of(LatencyMode mode) {
    return kLatencyModes[static_cast<std::size_t>(mode)];
}

json json_of(const std::vector<ApplicationChoice>& choices) {
    json list = json::array();
    for (const ApplicationChoice& choice : choices)
        list.push_back({{kApplication, choice.application}, {kPreset, choice.preset}});
    return list;
}

template <class Value>
json json_of(const Value& value) {
    return value;
}

}  // namespace

Read read_field(const Field& field, const json& value, UserSettings& settings) {
    UserSettings read = settings;
    const Read done =
        std::visit([&](auto member) { return read_value(field, value, read.*member); }, field.member);
    if (!done) return done;
    if (const auto checked = check(field, read); !checked)
        return wrong(std::string(field.name), checked.error());
    settings = std::move(read);
    return {};
}

std::expected<UserSettings, FieldError> read_settings(const json& object) {
    UserSettings settings;
    for (const auto& [key, value] : object.items()) {
        if (key == "version") continue;
        const Field* field = find_field(key);
        if (field == nullptr) return wrong(key, no_such_field(key));
        if (auto read = read_field(*field, value, settings); !read) return std::unexpected(read.error());
    }
    return settings;
}

UserSettings read_what_is_known(const json& object) {
    UserSettings settings;
    for (const Field& field : kFields) {
        const auto value = object.find(field.name);
        if (value == object.end()) continue;
        // A list that is wrong half-way leaves nothing behind.
        UserSettings with_it = settings;
        if (read_field(field, *value, with_it)) settings = std::move(with_it);
    }
    return settings;
}

json write_field(const Field& field, const UserSettings& settings) {
    return std::visit([&](auto member) { return json_of(settings.*member); }, field.member);
}

json write_settings(const UserSettings& settings, int version) {
    json object{{"version", version}};
    for (const Field& field : kFields)
        if (!is_default(field, settings)) object[std::string(field.name)] = write_field(field, settings);
    return object;
}

}  // namespace gecko::settings
