// What libplist does not check before it recurses and allocates.
#pragma once

#include <cstddef>
#include <string_view>

namespace minihal::cf {

// Levels of arrays and dictionaries, each inside the one before.
inline constexpr size_t kDeepestPlist = 128;

// libplist 2.2 recurses as deep as its input says, copies an object of a binary list once for each reference to it (a
// kilobyte can ask for the whole memory), reads integers of any width, and cuts strings off at a zero. True when none of this can happen: the list is
// no deeper than kDeepestPlist (an XML list with comments may be refused at less, see the definition) and not blown up. A list that passes may
// still be malformed; libplist finds that.
bool is_safe_binary_plist(std::string_view bytes);
bool is_safe_xml_plist(std::string_view text);

inline bool is_binary_plist(std::string_view bytes) {
    return bytes.starts_with("bplist00");
}

}  // namespace minihal::cf
