#include "tests/settings/settings_document.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "settings/fields.hpp"
#include "settings/migrations.hpp"
#include "settings/settings_json.hpp"

namespace gecko::settings {
namespace {

using json = nlohmann::ordered_json;

constexpr const char* kNoControlCharacters = "^[^\\u0000-\\u001f\\u007f]*$";

json preset_names() {
    json names = json::array();
    for (const Preset& preset : kPresets) names.push_back(preset.name);
    return names;
}

void describe(json& property, const Field& field) {
    switch (field.kind) {
        case Kind::flag:
            property["type"] = "boolean";
            break;
        case Kind::number:
            property["type"] = "number";
            property["minimum"] = field.min;
            property["maximum"] = field.max;
            break;
        case Kind::choice:
            property["enum"] = kLatencyModes;
            break;
        case Kind::preset:
            property["enum"] = preset_names();
            break;
        case Kind::text:
            property["type"] = "string";
            property["minLength"] = static_cast<int>(field.min);
            property["maxLength"] = static_cast<int>(field.max);
            property["pattern"] = kNoControlCharacters;
            break;
        case Kind::applications: {
            json item{
                {"type", "object"}, {"additionalProperties", false}, {"required", {"application", "preset"}}};
            item["properties"]["application"] = {{"type", "string"},
                                                 {"minLength", 1},
                                                 {"maxLength", kApplicationLimits.bundle_id_bytes},
                                                 {"pattern", kNoControlCharacters},
                                                 {"description", "a bundle ID, or a process ID in digits"}};
            item["properties"]["preset"] = {{"enum", preset_names()}};
            property["type"] = "array";
            property["maxItems"] = static_cast<int>(field.max);
            property["items"] = item;
            break;
        }
    }
}

std::string range_of(const Field& field) {
    switch (field.kind) {
        case Kind::flag:
            return "true, false";
        case Kind::number:
            return fmt::format("{} to {} {}", field.min, field.max, field.unit);
        case Kind::choice:
            return fmt::format("{}", fmt::join(kLatencyModes, ", "));
        case Kind::preset:
            return "the name of a preset";
        case Kind::text:
            return fmt::format("a text of {} to {} bytes", field.min, field.max);
        case Kind::applications:
            return fmt::format("a list of up to {}: {{\"application\", \"preset\"}}", field.max);
    }
    return "";
}

}  // namespace

std::string settings_schema() {
    json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "Gecko's settings.json"},
                {"type", "object"},
                {"additionalProperties", false},
                {"required", {"version"}}};
    schema["properties"]["version"] = {{"const", kVersions.current}};
    for (const Field& field : kFields) {
        json& property = schema["properties"][std::string(field.name)];
        property["description"] = field.text;
        describe(property, field);
        property["default"] = write_field(field, UserSettings{});
    }
    return schema.dump(2) + "\n";
}

std::string settings_table() {
    std::string table = "| field | value | default | |\n|---|---|---|---|\n";
    for (const Field& field : kFields)
        table += fmt::format("| `{}` | {} | `{}` | {} |\n", field.name, range_of(field),
                             write_field(field, UserSettings{}).dump(), field.text);
    return table;
}

std::string with_settings_table(const std::string& page) {
    const auto begin = page.find(kTableBegin);
    const auto end = page.find(kTableEnd);
    if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
    return page.substr(0, begin) + kTableBegin + "\n" + settings_table() + "\n" + page.substr(end);
}

}  // namespace gecko::settings
