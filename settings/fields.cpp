#include "settings/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "settings/near_names.hpp"

namespace gecko::settings {
namespace {

using Checked = std::expected<void, std::string>;

/// Calls `what` with the field's value in each of the settings.
template <class What, class... Settings>
auto with_value(const Field& field, What what, Settings&... settings) {
    return std::visit([&](auto member) { return what(settings.*member...); }, field.member);
}

template <class... Arguments>
std::unexpected<std::string> refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    return std::unexpected(fmt::format(format, std::forward<Arguments>(arguments)...));
}

Checked check_value(const Field&, bool) {
    return {};
}

Checked check_value(const Field&, LatencyMode) {
    return {};
}

Checked check_value(const Field& field, double value) {
    if (value >= field.min && value <= field.max) return {};
    return refuse("{} is out of range: {} to {} {}", value, field.min, field.max, field.unit);
}

Checked check_value(const Field& field, const std::string& value) {
    if (field.kind == Kind::preset) {
        if (const auto preset = choose_preset(value); !preset) return std::unexpected(preset.error());
        return {};
    }
    if (static_cast<double>(value.size()) < field.min) return refuse("it is empty");
    if (static_cast<double>(value.size()) > field.max)
        return refuse("it has {} bytes; there is room for {}", value.size(), field.max);
    const bool control = std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (control) return refuse("it holds a control character");
    return {};
}

Checked check_value(const Field&, const std::vector<ApplicationChoice>& value) {
    std::vector<std::string> typed;
    typed.reserve(value.size());
    for (const ApplicationChoice& choice : value) typed.push_back(choice.application + "=" + choice.preset);
    const auto parsed = parse_application_presets(typed, kApplicationLimits);
    if (!parsed) return std::unexpected(parsed.error());
    return {};
}

std::string text_of(bool value) {
    return value ? "true" : "false";
}

std::string text_of(double value) {
    return fmt::format("{}", value);
}

std::string text_of(LatencyMode value) {
    return std::string(kLatencyModes[static_cast<std::size_t>(value)]);
}

std::string text_of(const std::string& value) {
    return value;
}

std::string text_of(const std::vector<ApplicationChoice>& value) {
    std::string text;
    for (const ApplicationChoice& choice : value)
        text += (text.empty() ? "" : " ") + choice.application + "=" + choice.preset;
    return text;
}

}  // namespace

const Field* find_field(std::string_view name) noexcept {
    const auto* found = std::ranges::find(kFields, name, &Field::name);
    return found == std::end(kFields) ? nullptr : found;
}

std::string no_such_field(std::string_view name) {
    std::array<std::string_view, std::size(kFields)> names;
    std::ranges::transform(kFields, names.begin(), &Field::name);
    std::string known;
    for (const std::string_view each : names) known += (known.empty() ? "" : ", ") + std::string(each);
    return fmt::format("there is no setting \"{}\". {}The settings are: {}", name,
                       suggestion(near_names(name, names)), known);
}

Checked check(const Field& field, const UserSettings& settings) {
    return with_value(field, [&](const auto& value) { return check_value(field, value); }, settings);
}

std::string value_text(const Field& field, const UserSettings& settings) {
    return with_value(field, [](const auto& value) { return text_of(value); }, settings);
}

bool is_default(const Field& field, const UserSettings& settings) {
    const UserSettings defaults;
    return with_value(field, [](const auto& a, const auto& b) { return a == b; }, settings, defaults);
}

void copy_field(const Field& field, const UserSettings& from, UserSettings& to) {
    with_value(field, [](const auto& source, auto& target) { target = source; }, from, to);
}

}  // namespace gecko::settings
