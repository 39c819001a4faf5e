#pragma once

#include <expected>
#include <optional>
#include <string>

namespace gecko::packaging {

/// Each puts `one` and `other` in each other's place in one step: whoever looks sees both as before, or both exchanged. Nothing is
/// changed where the file system cannot do that (APFS and HFS+, ext4, XFS, Btrfs and tmpfs can), and the error says so.
std::expected<void, std::string> exchange(const char* one, const char* other);

/// Renames `from` to `to`, where nothing may be. Both ask the system to have that on the disk before they return.
std::expected<void, std::string> place(const char* from, const char* to);

/// Waits until the disk has a folder, its files and folders, and what is in them. The error says which it has not.
std::expected<void, std::string> sync_folder(const char* folder);

/// The one line of a file, without its end. A symbolic link, more than a page, and what is no text are refused.
std::optional<std::string> one_line_of(const char* file);

/// Removes a name of shared memory. One that is not there is fine.
std::expected<void, std::string> forget_shared_memory(const char* name);

}  // namespace gecko::packaging
