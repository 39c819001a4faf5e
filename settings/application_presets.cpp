#include "settings/application_presets.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace gecko::settings {
namespace {

constexpr std::uint32_t kLargestProcessId = 0x7FFF'FFFF;

using Parsed = std::expected<ApplicationPreset, std::string>;

std::unexpected<std::string> refuse(std::string_view typed, std::string_view why) {
    std::string message = "\"";
    return std::unexpected(message.append(typed).append("\": ").append(why));
}

bool is_whole_number(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Parsed parse(std::string_view typed, const ApplicationLimits& limits) {
    const std::size_t equals = typed.rfind('=');
    if (equals == std::string_view::npos) {
        return refuse(typed, "it names no preset. Write BUNDLE_ID=PRESET, as in com.apple.Music=rock");
    }
    const std::string_view application = typed.substr(0, equals);
    if (application.empty()) {
        return refuse(typed, "it names no application. Write BUNDLE_ID=PRESET, as in com.apple.Music=rock");
    }
    const auto preset = choose_preset(typed.substr(equals + 1));
    if (!preset) return refuse(typed, preset.error());
    ApplicationPreset parsed{.bundle_id = {}, .process_id = 0, .preset = *preset};
    if (is_whole_number(application)) {
        const std::string digits(application);
        const auto result =
            std::from_chars(digits.c_str(), digits.c_str() + digits.size(), parsed.process_id);
        if (result.ec != std::errc() || parsed.process_id == 0 || parsed.process_id > kLargestProcessId) {
            return refuse(typed, "no process has the ID " + std::string(application));
        }
        return parsed;
    }
    if (application.size() > limits.bundle_id_bytes) {
        return refuse(typed, "the bundle ID has " + std::to_string(application.size()) +
                                 " bytes; there is room for " + std::to_string(limits.bundle_id_bytes));
    }
    const bool printable =
        std::ranges::all_of(application, [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
    if (!printable) return refuse(typed, "the bundle ID holds a control character");
    parsed.bundle_id = application;
    return parsed;
}

}  // namespace

std::expected<std::vector<ApplicationPreset>, std::string> parse_application_presets(
    std::span<const std::string> typed, const ApplicationLimits& limits) {
    if (typed.size() > limits.applications) {
        return std::unexpected(std::to_string(typed.size()) + " applications are named; " +
                               std::to_string(limits.applications) + " can have a preset of their own");
    }
    std::vector<ApplicationPreset> all;
    for (const std::string& one : typed) {
        auto parsed = parse(one, limits);
        if (!parsed) return std::unexpected(std::move(parsed.error()));
        const bool again = std::ranges::any_of(all, [&](const ApplicationPreset& before) {
            return before.bundle_id == parsed->bundle_id && before.process_id == parsed->process_id;
        });
        if (again) return refuse(one, "the same application was given a preset before");
        all.push_back(std::move(*parsed));
    }
    return all;
}

}  // namespace gecko::settings
