#pragma once

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

namespace gecko::settings {

/// A step from one version of the settings file to the next.
struct Migration {
    int from;  ///< the version that it understands; it makes from + 1
    /// Changes the file's object, all but "version". An error in words if it cannot.
    std::expected<void, std::string> (*apply)(nlohmann::json& settings);
};

/// The versions of the settings file.
struct Versions {
    int current;                       ///< what is written
    std::span<const Migration> steps;  ///< one for each version that was released before
};

/// Version 1 is the first that is released: nothing is older. A later one adds its step here and never changes another.
inline constexpr Versions kVersions{.current = 1, .steps = {}};

}  // namespace gecko::settings
