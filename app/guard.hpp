#pragma once

#include <sys/types.h>

#include <chrono>
#include <expected>
#include <string>

#include "app/instance.hpp"

namespace gecko::app {

/// A process that outlives this one however it ends: where this one could not give the default output back itself, the guard
/// does, and only then lets go of the instance's lock. Nobody hears of it otherwise. Main thread.
class Guard {
  public:
    /// Starts this very program as `gecko guard`, in a session of its own, so that what ends this one does not end it.
    static std::expected<Guard, std::string> start(const Instance& instance);

    /// Where the guard has died, starts another one: at once, and then each second at most. SIGCHLD says that it is worth asking.
    std::expected<void, std::string> keep();
    [[nodiscard]] bool lives() const { return child_ > 0; }

    Guard(Guard&& other) noexcept;
    Guard& operator=(Guard&& other) noexcept;
    /// The guard looks whether this process has given back what it took, and ends.
    ~Guard();

  private:
    explicit Guard(const Instance& instance) : instance_(&instance) {}

    const Instance* instance_;
    int pipe_ = -1;     // that the guard waits at the other end of; -1: moved from
    pid_t child_ = -1;  // -1: it has died
    std::chrono::steady_clock::time_point started_;
};

/// `gecko guard`: waits until stdin ends, and then gives the default output back if that has not been done. Gives the exit code.
int guard();

}  // namespace gecko::app
