#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace gecko::app {

/// The right to be the one gecko that a user runs: a lock on a file, which the system releases when the last process that has it
/// open ends. The guard inherits it, so that the next gecko begins when the default output has been given back. Main thread.
class Instance {
  public:
    /// The error is a sentence: which process runs, or why the file cannot be had.
    static std::expected<Instance, std::string> take(const std::filesystem::path& state_folder);

    Instance(Instance&& other) noexcept;
    Instance& operator=(Instance&&) = delete;
    ~Instance();

    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    explicit Instance(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;  // -1: moved from, or there is no folder
};

}  // namespace gecko::app
