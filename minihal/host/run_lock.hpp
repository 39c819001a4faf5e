// One server for a run directory.
#pragma once

#include <expected>
#include <string>

#include "minihal/wire/socket.hpp"

namespace minihal {

// Held by the running server; the file has its process ID.
class RunLock {
  public:
    // The error is a sentence for the user; it names the process that holds the lock. What a killed server left behind
    // is taken over.
    static std::expected<RunLock, std::string> take(const std::string& run_directory);
    RunLock(RunLock&&) = default;
    RunLock& operator=(RunLock&&) = delete;
    // Removes the file.
    ~RunLock();

  private:
    RunLock(wire::Descriptor descriptor, std::string path);
    wire::Descriptor descriptor_;
    std::string path_;
};

}  // namespace minihal
