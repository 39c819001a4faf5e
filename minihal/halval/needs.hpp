// What an executable needs of its surroundings and does not find.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace minihal::halval {

// The functions and data that an ELF or Mach-O file takes from others and that nothing here has, by name. The file's code does not
// run. Empty for what is no such file for this machine.
std::vector<std::string> missing_symbols(const std::filesystem::path& executable);

// What a file is that is neither ELF nor Mach-O; empty for those.
std::string foreign_format(const std::filesystem::path& executable);

}  // namespace minihal::halval
