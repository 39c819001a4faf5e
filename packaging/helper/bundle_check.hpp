#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace gecko::packaging {

/// Whether a folder is Gecko's driver for this computer, whole: Info.plist, identifier, the factory of an audio server plug-in, version,
/// the program and its processors; plain files and folders only. Gives the version; the error says what is wrong. Signatures are
/// codesign's to check.
std::expected<std::string, std::string> check_driver(const std::filesystem::path& bundle);

}  // namespace gecko::packaging
