// What an executable needs of its surroundings and does not find.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace minihal::halval {

// The functions and data that an ELF file takes from others and that nothing here has, by name. The file's code does not
// run. Empty for what is no ELF file of this machine's word size.
std::vector<std::string> missing_symbols(const std::filesystem::path& executable);

// "Mach-O" and the like for a file that is for another system; empty for ELF.
std::string foreign_format(const std::filesystem::path& executable);

}  // namespace minihal::halval
