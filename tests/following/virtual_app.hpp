#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "engine/engine.hpp"
#include "platform/coreaudio/follower.hpp"
#include "virtual_mac.hpp"

namespace gecko::following {

/// The first one's number; others count on. No process has such a number, so that one that was killed is dead.
inline constexpr pid_t kApp = 5'000'400;

/// `gecko run` on a virtual Mac: its engine and its follower as they ship, and what its threads and its guard do.
class VirtualApp {
  public:
    explicit VirtualApp(VirtualMac& mac, platform::PathOptions options = {});
    VirtualApp(const VirtualApp&) = delete;
    VirtualApp& operator=(const VirtualApp&) = delete;
    /// Quits, unless it has been killed.
    ~VirtualApp();

    /// Ctrl-C, or the end of the session.
    void quit();
    /// kill -9, or a crash.
    void kill();
    /// What the guard does behind a crash.
    void guard();

    [[nodiscard]] engine::Engine& engine() { return *engine_; }
    [[nodiscard]] platform::Connection connection() const { return follower_->connection(); }
    [[nodiscard]] bool runs() const { return follower_ != nullptr; }

  private:
    void turn();
    void beat();

    VirtualMac& mac_;
    pid_t process_;  // another one each time
    platform::PathOptions options_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<platform::coreaudio::Follower> follower_;
    platform::coreaudio::HostTime next_{};
    std::shared_ptr<int> life_ = std::make_shared<int>(0);  // timers of a program that is gone do nothing
};

}  // namespace gecko::following
