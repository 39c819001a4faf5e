#pragma once

#include "settings/migrations.hpp"
#include "settings/user_settings.hpp"

namespace gecko::settings {

/// load_settings() and update_settings() with versions other than the released ones.
std::expected<Loaded, std::string> load_settings(const std::filesystem::path& folder,
                                                 const Versions& versions);
std::expected<Loaded, std::string> update_settings(const std::filesystem::path& folder,
                                                   std::string_view field,
                                                   const std::function<void(UserSettings&)>& change,
                                                   const Versions& versions);

}  // namespace gecko::settings
