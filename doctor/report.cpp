#include "doctor/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <variant>

namespace gecko::doctor {
namespace {

/// Terminals obey control characters, and devices choose their names.
std::string plain(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
    return text;
}

std::string value_text(const std::variant<bool, double, std::string>& value) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
    if (const double* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    return std::get<std::string>(value);
}

}  // namespace

std::string as_text(std::span<const Result> results) {
    std::string text;
    for (const Result& result : results) {
        text +=
            fmt::format("{:<18} {}: {}\n", name_of(result.state), result.check->title, plain(result.found));
        if (!result.advice.empty()) text += fmt::format("{:<18} -> {}\n", "", result.advice);
    }
    return text;
}

std::string as_json(std::span<const Result> results) {
    nlohmann::ordered_json out{{"right", all_right(results)}, {"checks", nlohmann::ordered_json::array()}};
    for (const Result& result : results)
        out["checks"].push_back({{"id", result.check->id},
                                 {"title", result.check->title},
                                 {"state", name_of(result.state)},
                                 {"found", result.found},
                                 {"do", result.advice}});
    // Names of devices need not be UTF-8.
    return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string as_report(const Evidence& evidence) {
    const Evidence open = without_private(evidence);
    std::string text = fmt::format("gecko doctor\n\ngecko {}, protocol {}\n{} {}\n\n", open.gecko_version,
                                   open.protocol, open.system, open.os_version);
    text += as_text(examine(open));
    text += "\nDevices\n";
    for (const platform::InspectedDevice& device : open.audio.devices)
        text += fmt::format("{} {}: {}, {} Hz, {} outputs, {} inputs{}\n",
                            device.is_default_output ? "*" : " ", plain(device.name), plain(device.transport),
                            device.rate_hz, device.outputs, device.inputs, device.hidden ? ", hidden" : "");
    text += "\nThe driver says\n";
    for (const auto& [key, value] : open.audio.driver) {
        // Numbers of people and processes.
        if (key.ends_with("uid") || key.ends_with("pid")) continue;
        text += fmt::format("  {}: {}\n", plain(key), plain(value_text(value)));
    }
    return scrubbed(std::move(text), evidence);
}

}  // namespace gecko::doctor
