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
    /// This process has given back what it took: the guard ends.
    ~Guard();

  private:
    explicit Guard(int pipe) : pipe_(pipe) {}

    int pipe_;  // that the guard waits at the other end of; -1: moved from
};

/// `gecko guard`: waits until stdin ends; if that came unannounced gives the default output back. Gives the exit code.
int guard();

}  // namespace gecko::app
