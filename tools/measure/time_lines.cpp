#include "tools/measure/time_lines.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace gecko::measure {

std::expected<std::vector<TimeLine>, std::string> read_time_lines(const std::string& folder) {
    const std::string path = folder + "/recordings.jsonl";
    std::ifstream file(path);
    if (!file) return std::unexpected(fmt::format("{} is missing", path));
    std::vector<TimeLine> lines;
    std::string text;
    while (std::getline(file, text)) {
        try {
            const auto json = nlohmann::json::parse(text);
            lines.push_back({.device = json.at("device"),
                             .path = folder + "/" + json.at("file").get<std::string>(),
                             .rate = static_cast<std::uint32_t>(json.at("rate").get<double>()),
                             .frames = json.at("frames"),
                             .first_host_time_ns = json.at("first_host_time_ns")});
        } catch (const nlohmann::json::exception& error) {
            return std::unexpected(fmt::format("{}, line {}: {}", path, lines.size() + 1, error.what()));
        }
        if (lines.back().rate == 0) {
            return std::unexpected(fmt::format("{}, line {}: the rate is 0", path, lines.size()));
        }
    }
    return lines;
}

}  // namespace gecko::measure
