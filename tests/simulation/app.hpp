#pragma once

#include <sys/types.h>

#include "engine/engine.hpp"
#include "shm/segment.hpp"
#include "sink_host.hpp"

namespace gecko::simulation {

/// The app's process as far as sound needs it: its segment, its engine and its control thread's work, as the CoreAudio backend and
/// its driver link do it. When it goes without detach() it has been killed.
class App {
  public:
    App(pid_t pid, std::uint32_t rate);

    /// Offers its segment to the driver; false if that is refused.
    bool attach(SinkHost& host);
    /// Each second.
    void beat();

    [[nodiscard]] engine::Engine& engine() { return engine_; }
    [[nodiscard]] shm::RingReader ring() const { return {segment_.base(), segment_.geometry()}; }
    [[nodiscard]] shm::View view() const { return segment_.view(); }

  private:
    pid_t pid_;
    std::string name_;
    shm::Segment segment_;
    engine::Engine engine_;
};

}  // namespace gecko::simulation
