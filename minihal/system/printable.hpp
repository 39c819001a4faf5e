// Texts that somebody else wrote, for a message: a terminal obeys what it is shown.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace minihal {

// What is no printable character of ASCII becomes \x and two digits. A text that has been through this stays as it is.
inline std::string printable(std::string text) {
    constexpr auto kPrints = [](char letter) { return letter >= 0x20 && letter < 0x7F; };
    if (std::ranges::all_of(text, kPrints)) return text;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string clean;
    for (const char letter : text) {
        if (kPrints(letter)) {
            clean += letter;
            continue;
        }
        const auto byte = static_cast<unsigned char>(letter);
        clean += "\\x";
        clean += kDigits[byte >> 4U];
        clean += kDigits[byte & 0xFU];
    }
    return clean;
}

}  // namespace minihal
