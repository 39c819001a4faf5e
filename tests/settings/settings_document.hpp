#pragma once

#include <string>

namespace gecko::settings {

/// docs/settings.schema.json, from the table of fields.
std::string settings_schema();

/// The table of fields in Markdown. It stands in docs/settings.md between kTableBegin and kTableEnd.
std::string settings_table();

inline constexpr const char* kTableBegin = "<!-- from the table: settings_documents writes it -->\n";
inline constexpr const char* kTableEnd = "<!-- end of the table -->\n";

/// The page with what lies between the marks replaced; empty if it has no marks.
std::string with_settings_table(const std::string& page);

}  // namespace gecko::settings
