#pragma once

#include "settings/migrations.hpp"
#include "settings/user_settings.hpp"

namespace gecko::settings {

/// load_settings() and save_settings() with versions other than the released ones.
std::expected<Loaded, std::string> load_settings(const std::filesystem::path& folder,
                                                 const Versions& versions);
std::expected<void, std::string> save_settings(const std::filesystem::path& folder,
                                               const UserSettings& settings, const Versions& versions);

}  // namespace gecko::settings
