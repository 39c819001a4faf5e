#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gecko::platform {

/// The texts in a bundle's Contents/Info.plist.
struct InfoPlist {
    std::map<std::string, std::string, std::less<>> texts;

    /// "" if there is no text of this key.
    [[nodiscard]] std::string text(std::string_view key) const {
        const auto found = texts.find(key);
        return found == texts.end() ? std::string() : found->second;
    }
};

/// Nothing if there is none, or it cannot be read. Any thread.
std::optional<InfoPlist> read_info_plist(const std::filesystem::path& bundle);

}  // namespace gecko::platform
