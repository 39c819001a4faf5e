#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace gecko::packaging {

/// The processors a file holds code for, as `uname -m` on a Mac names them ("x86_64", "arm64"; others as "unknown"): from the headers of
/// Mach-O, universal or not, and, but for a Mac, of ELF. The error says what is wrong with the file.
std::expected<std::vector<std::string>, std::string> processors_of(const std::filesystem::path& file);

/// This computer's processor. On a Mac it is the real one, under Rosetta, too.
std::string this_processor();

}  // namespace gecko::packaging
