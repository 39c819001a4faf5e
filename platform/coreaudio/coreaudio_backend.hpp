#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "platform/backend.hpp"
#include "platform/coreaudio/follower.hpp"

namespace gecko::platform::coreaudio {

/// Gecko on CoreAudio: the driver's ring on one side, the output device on the other.
///
/// A Follower and the threads that it needs: one keeps the path, whenever the bell rings or the follower wants to look again;
/// another rings once a second, and tells the driver that this program lives whatever the first one waits for.
class CoreAudioBackend final : public PlatformBackend {
  public:
    CoreAudioBackend();
    ~CoreAudioBackend() override;

    [[nodiscard]] std::string_view name() const override { return "CoreAudio"; }
    [[nodiscard]] Capabilities capabilities() override;
    [[nodiscard]] std::expected<std::vector<Device>, PlatformError> devices() override;
    [[nodiscard]] std::expected<Routing, PlatformError> routing(
        const std::filesystem::path& state_folder) override;
    [[nodiscard]] std::vector<PlayingApplication> applications(
        std::span<const engine::ApplicationStatus> playing) override;
    [[nodiscard]] std::expected<std::vector<DriverFact>, PlatformError> driver_facts() override;
    [[nodiscard]] std::expected<std::vector<DriverFact>, PlatformError> try_shared_memory() override;
    [[nodiscard]] std::expected<void, PlatformError> start(engine::Engine& engine, const PathOptions& options,
                                                           std::function<void()> changed) override;
    void record(engine::OutputTap* tap) override { tap_ = tap; }
    void stop() override;
    [[nodiscard]] std::expected<void, PlatformError> give_default_back(
        const std::filesystem::path& state_folder) override;
    [[nodiscard]] Connection connection() const override;

  private:
    void run(HostTime next);
    void keep_beating();
    HostTime step();

    ApplicationNames names_;
    engine::OutputTap* tap_ = nullptr;
    std::unique_ptr<Follower> follower_;
    std::thread thread_;
    std::mutex beat_mutex_;
    std::condition_variable no_more_beats_;
    bool ending_ = false;  // guarded by beat_mutex_
    std::thread heart_;
};

}  // namespace gecko::platform::coreaudio
