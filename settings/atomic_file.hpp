#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace gecko::settings {

/// Makes a folder, and those that it is in, for this user alone. The error says in words which could not be made.
std::expected<void, std::string> make_folders(const std::filesystem::path& folder);

/// `file`, or if that is a symbolic link what it leads to, through others, whether that is there or not.
std::filesystem::path where_links_lead(std::filesystem::path file);

/// Makes `file` hold `text`. Whatever happens meanwhile, the file is the old one or the new one, whole: the text goes to a file beside
/// it, on the disk, and takes its place. Folders that are not there are made, for this user alone. A symbolic link stays one; what it
/// leads to is replaced, or made if it is not there, in a folder that is. The error says in words what could not be done.
std::expected<void, std::string> write_atomically(const std::filesystem::path& file, std::string_view text);

}  // namespace gecko::settings
