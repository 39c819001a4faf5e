#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/applications.hpp"
#include "platform/applications.hpp"

namespace gecko::platform {

/// An application that plays, with the processes of it that do.
struct PlayingApplication {
    NamedApplication application;
    std::vector<engine::ApplicationStatus> processes;  ///< one at least
};

/// Names who plays. A process is looked up once, when it begins to play: the system is not asked again each time the status is shown.
/// One thread at a time.
class ApplicationNames {
  public:
    explicit ApplicationNames(std::unique_ptr<const Processes> processes)
        : processes_(std::move(processes)) {}

    /// The applications that `playing` belong to, in the order of the first process of each. What is not playing is forgotten.
    std::vector<PlayingApplication> name(std::span<const engine::ApplicationStatus> playing);

  private:
    using Process = std::pair<std::uint32_t, std::string>;  // its ID and its bundle ID

    std::unique_ptr<const Processes> processes_;
    std::map<Process, NamedApplication> known_;
};

}  // namespace gecko::platform
