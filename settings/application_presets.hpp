#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "settings/presets.hpp"

namespace gecko::settings {

/// An application and the preset that it alone is played through.
struct ApplicationPreset {
    std::string bundle_id;         ///< "" when it is chosen by its process
    std::uint32_t process_id = 0;  ///< 0 when it is chosen by its bundle ID
    const Preset* preset = nullptr;
};

/// How much there is room for.
struct ApplicationLimits {
    std::size_t applications;
    std::size_t bundle_id_bytes;
};

/// What was typed as BUNDLE_ID=PRESET or PROCESS_ID=PRESET, each: a whole number is a process, anything else a bundle ID, the last
/// equals sign divides. The error says in words what is wrong with which one.
std::expected<std::vector<ApplicationPreset>, std::string> parse_application_presets(
    std::span<const std::string> typed, const ApplicationLimits& limits);

}  // namespace gecko::settings
