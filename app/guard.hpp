#pragma once

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

    Guard(Guard&& other) noexcept;
    Guard& operator=(Guard&&) = delete;
    /// The guard looks whether this process has given back what it took, and ends.
    ~Guard();

  private:
    explicit Guard(int pipe) : pipe_(pipe) {}

    int pipe_;  // that the guard waits at the other end of; -1: moved from
};

/// `gecko guard`: waits until stdin ends, and then gives the default output back if that has not been done. Gives the exit code.
int guard();

}  // namespace gecko::app
