#pragma once

#include <filesystem>

#include "doctor/evidence.hpp"

namespace gecko::doctor {

/// Where drivers are installed on macOS.
inline constexpr const char* kInstalledBundle = "/Library/Audio/Plug-Ins/HAL/GeckoAudioDevice.driver";

/// Looks at everything, changes nothing. May take some seconds.
///
/// bundle         the driver's bundle to look at; empty: kInstalledBundle on macOS, none elsewhere
/// gecko_version  of this program
Evidence collect(const std::filesystem::path& bundle, const std::string& gecko_version);

/// The bundle alone. Its files are to be `owner`'s and `group`'s.
Bundle look_at_bundle(const std::filesystem::path& bundle, uid_t owner = 0, gid_t group = 0);

}  // namespace gecko::doctor
