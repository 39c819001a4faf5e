#include "tools/song/reports.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace gecko::song_run {

std::expected<void, std::string> Status::take(const std::string& line) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) return {};
    try {
        ++reports;
        running = json.at("state") == "running";
        playing = json.value("playing", false);
        rate = json.at("rate");
        fill_frames = json.value("fill_frames", 0.0);
        output = json.value("output", std::string());
        peak_db = json.value("peak_dbfs", peak_db);
        const auto playing_now = json.value("applications", nlohmann::json::array());
        for (Application& application : applications) {
            application.peak_db = -HUGE_VAL;
            for (const auto& one : playing_now) {
                if (one.at("bundle_id") != application.bundle_id) continue;
                const std::array<double, 2> channels = one.at("peak_dbfs");
                application.peak_db = std::max(channels[0], channels[1]);
            }
        }
    } catch (const nlohmann::json::exception& error) {
        return std::unexpected(error.what());
    }
    return {};
}

std::expected<void, std::string> Progress::take(const std::string& line) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) return {};
    try {
        const std::string state = json.at("state");
        frames = json.at("frames");
        if (state == "prepared") {
            prepared = true;
            rate = json.at("rate");
        } else {
            position = json.at("position_frames");
            done = state == "done";
        }
    } catch (const nlohmann::json::exception& error) {
        return std::unexpected(error.what());
    }
    return {};
}

}  // namespace gecko::song_run
