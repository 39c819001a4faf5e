// Status codes for people.
#pragma once

#include <CoreFoundation/CFBase.h>
#include <fmt/format.h>

#include <string>

namespace minihal {

// 'nope' for a status of four characters, the number for any other.
inline std::string status_text(OSStatus status) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        const auto character = static_cast<char>((static_cast<UInt32>(status) >> shift) & 0xff);
        if (character < ' ' || character > '~') return fmt::format("{}", status);
        text += character;
    }
    return fmt::format("'{}'", text);
}

}  // namespace minihal
