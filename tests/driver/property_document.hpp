#pragma once

#include <string>

namespace gecko::driver::test {

/// All objects and their properties as Markdown, from the driver's table and what a fresh driver reads as. It stands in
/// docs/driver.md between kDocumentBegin and kDocumentEnd.
std::string property_document();

inline constexpr const char* kDocumentBegin = "<!-- from the table: driver_properties writes it -->\n";
inline constexpr const char* kDocumentEnd = "<!-- end of the table -->\n";

/// The page with what lies between the marks replaced; empty if it has no marks.
std::string with_property_document(const std::string& page);

}  // namespace gecko::driver::test
