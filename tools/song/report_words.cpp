#include "tools/song/report_words.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gecko::song_run {
namespace {

std::string level(const std::array<double, 2>& db) {
    const auto one = [](double value) {
        return std::isfinite(value) ? fmt::format("{:.1f}", value) : std::string("silent");
    };
    return fmt::format("{} / {}", one(db[0]), one(db[1]));
}

}  // namespace

std::string row(std::string_view name, const std::string& value) {
    return fmt::format("  {:<17} {}\n", name, value);
}

std::string grouped(std::int64_t number) {
    const std::string digits = fmt::format("{}", number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(' ');
        text.push_back(digits[i]);
    }
    return text;
}

std::string khz(std::uint32_t rate) {
    return fmt::format("{:g} kHz", rate / 1000.0);
}

std::string levels(const measure::Levels& levels) {
    return fmt::format("peak {}, RMS {} dBFS (left / right)", level(levels.peak_db), level(levels.rms_db));
}

bool is_flat(const settings::Preset& preset) {
    return settings::eq_settings(preset) == dsp::EqSettings{};
}

nlohmann::json number(double value) {
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

nlohmann::json levels_json(const measure::Levels& levels) {
    return {{"peak_dbfs", {number(levels.peak_db[0]), number(levels.peak_db[1])}},
            {"rms_dbfs", {number(levels.rms_db[0]), number(levels.rms_db[1])}}};
}

nlohmann::json response_json(std::span<const measure::ResponsePoint> points,
                             std::span<const double> asked_db) {
    auto list = nlohmann::json::array();
    for (std::size_t i = 0; i < points.size(); ++i) {
        const measure::ResponsePoint& point = points[i];
        nlohmann::json json{{"wanted_hz", point.wanted_hz},
                            {"frequency_hz", nullptr},
                            {"asked_db", asked_db[i]},
                            {"measured_db", nullptr},
                            {"coherence", number(point.coherence)}};
        if (point.measured) {
            json["frequency_hz"] = point.frequency_hz;
            json["measured_db"] = point.gain_db;
        }
        list.push_back(json);
    }
    return list;
}

}  // namespace gecko::song_run
