#pragma once

#include <string>
#include <string_view>

namespace gecko::picture {

/// Text for XML: markup escaped; what is no valid UTF-8 or not allowed in XML (file names may be anything)
/// becomes U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace gecko::picture
