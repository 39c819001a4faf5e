#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "platform/running_gecko.hpp"

namespace gecko::app {

/// The right to be the one gecko that a user runs: two locks on files, which the system releases when the last process that has
/// them open ends, whether its parent has noticed or not. `lock` is this process's alone. `guard-lock` the guard inherits, so that
/// the next gecko begins when the default output has been given back. Main thread.
class Instance {
  public:
    /// Waits for the guard of a gecko that has ended. The error is a sentence: which process runs, or why a file cannot be had.
    static std::expected<Instance, std::string> take(const std::filesystem::path& state_folder);

    Instance(Instance&& other) noexcept;
    Instance& operator=(Instance&&) = delete;
    ~Instance();

    /// Writes into the locked file what this gecko does. Where that cannot be written, nobody learns it.
    void tell(const platform::RunningGecko& gecko) const;

    /// Of the lock that the guard is to inherit; -1: there is none.
    [[nodiscard]] int guards_lock() const { return guard_; }

  private:
    Instance() = default;

    int own_ = -1;  // -1: moved from, or there is no folder
    int guard_ = -1;
};

}  // namespace gecko::app
