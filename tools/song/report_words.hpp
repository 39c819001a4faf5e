#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "settings/presets.hpp"
#include "tools/measure/levels.hpp"
#include "tools/measure/response.hpp"

/// What reports of one song and of several applications have in common.
namespace gecko::song_run {

/// Ten times what the measurement's own error may be, in dB, on music that is no good test signal.
inline constexpr double kToleratedDb = 0.5;

/// A line of the report for the terminal.
std::string row(std::string_view name, const std::string& value);
/// 960000 as "960 000".
std::string grouped(std::int64_t number);
std::string khz(std::uint32_t rate);
std::string levels(const measure::Levels& levels);
bool is_flat(const settings::Preset& preset);

/// JSON has no infinities: null in their place.
nlohmann::json number(double value);
nlohmann::json levels_json(const measure::Levels& levels);
/// `asked_db` has a value for each point.
nlohmann::json response_json(std::span<const measure::ResponsePoint> points,
                             std::span<const double> asked_db);

}  // namespace gecko::song_run
