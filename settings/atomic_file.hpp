#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace gecko::settings {

/// Makes `file` hold `text`. Whatever happens meanwhile, the file is the old one or the new one, whole: the text goes to a file beside
/// it, on the disk, and takes its place. Folders that are not there are made, for this user alone. A symbolic link stays one; what it
/// points to is replaced. The error says in words what could not be done.
std::expected<void, std::string> write_atomically(const std::filesystem::path& file, std::string_view text);

}  // namespace gecko::settings
