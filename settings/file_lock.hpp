#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <utility>

#include "settings/descriptor.hpp"

namespace gecko::settings {

/// Held by one process, and one thread of it, at a time for as long as it lives: who changes a file holds it from reading to writing.
class FileLock {
  public:
    /// Waits for others, up to 10 s. `file` is made, with the folders that it is in, and stays: it is for locking and nothing else. The
    /// error says in words what could not be done. File systems that know no locks are used without.
    static std::expected<FileLock, std::string> take(const std::filesystem::path& file);

  private:
    explicit FileLock(Descriptor file) noexcept : file_(std::move(file)) {}

    Descriptor file_;
};

}  // namespace gecko::settings
