// Loads the program of a macOS bundle into this process: code for this processor in Apple's file format, bound to minihal's
// CoreFoundation and to functions that behave as Darwin's. Equipment for tests; what it does not do it refuses by name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "minihal/macho/bytes.hpp"

namespace minihal::macho {

// A program that is loaded and initialised. It stays so for the life of the process.
class Library {
  public:
    // The address of what it exports under a C name, function or data; nullptr if it does not.
    void* find(const std::string& name) const;
    // The same of what is to be called; an error if it is no function.
    Result<void*> function(const std::string& name) const;

  private:
    friend Result<const Library*> load(const std::filesystem::path& file);
    struct Contents;
    explicit Library(const Contents* contents) : contents_(contents) {}

    const Contents* contents_;
};

// Whether a file begins as Mach-O files do, for whatever machine.
bool is_mach_o(const std::filesystem::path& file);

// The same file again is the same library. Any thread. Its initialisers run, one load at a time. The error follows
// "cannot be loaded: ".
Result<const Library*> load(const std::filesystem::path& file);

// What it imports and nobody here has, by C name (printable, as errors are), each once; nothing of it runs.
Result<std::vector<std::string>> missing_imports(const std::filesystem::path& file);

}  // namespace minihal::macho
