#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/idle_watch.hpp"
#include "engine/sound_search.hpp"
#include "platform/backend.hpp"
#include "platform/coreaudio/driver_link.hpp"
#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/output_stream.hpp"
#include "platform/coreaudio/rate_agreement.hpp"

namespace gecko::platform::coreaudio {

/// Gecko on CoreAudio: the driver's ring on one side, the output device on the other.
///
/// One thread of its own looks at the whole path each time something changes and once a second, and brings it from what it is to
/// what it should be; the HAL's notifications and the link's heartbeat only wake it. While the output sleeps and an application
/// plays silence it looks at the ring, and only there, every 20 ms.
class CoreAudioBackend final : public PlatformBackend {
  public:
    ~CoreAudioBackend() override;

    [[nodiscard]] std::string_view name() const override { return "CoreAudio"; }
    [[nodiscard]] Capabilities capabilities() override;
    [[nodiscard]] std::expected<std::vector<Device>, PlatformError> devices() override;
    [[nodiscard]] std::expected<std::vector<DriverFact>, PlatformError> driver_facts() override;
    [[nodiscard]] std::expected<std::vector<DriverFact>, PlatformError> try_shared_memory() override;
    [[nodiscard]] std::expected<void, PlatformError> start(engine::Engine& engine,
                                                           std::function<void()> changed) override;
    void record(engine::OutputTap* tap) override { tap_ = tap; }
    void stop() override;
    [[nodiscard]] Connection connection() const override;

  private:
    /// What wakes the thread. There is one for all backends of a process, and one backend at a time.
    struct Wake {
        std::mutex mutex;
        std::condition_variable changed;
        // Guarded by the mutex.
        bool looking = false;    // something changed
        bool beat = false;       // a second has passed
        bool restarted = false;  // the audio server did
        bool ending = false;
    };
    static Wake& wake_state();
    static void wake(bool Wake::* what);

    void run();
    static OSStatus on_change(AudioObjectID object, UInt32 count, const AudioObjectPropertyAddress* addresses,
                              void* backend);
    static OSStatus on_restart(AudioObjectID object, UInt32 count,
                               const AudioObjectPropertyAddress* addresses, void* backend);
    void watch(AudioObjectID sink, AudioObjectID output);
    engine::IdleWatch::Verdict listen();
    [[nodiscard]] bool sink_is_there() const;
    void drop_link();
    std::expected<double, PlatformError> agree(AudioObjectID output);
    std::expected<void, PlatformError> reconcile(bool run);
    std::expected<void, PlatformError> reattach(AudioObjectID sink);
    std::expected<void, PlatformError> replay_on(AudioObjectID output);
    void stop_output(bool fade);
    void tell(std::optional<PlatformError> problem);

    engine::Engine* engine_ = nullptr;
    engine::OutputTap* tap_ = nullptr;
    std::unique_ptr<DriverLink> link_;
    std::unique_ptr<OutputStream> stream_;
    RateAgreement rates_;
    AudioObjectID agreed_output_ = kAudioObjectUnknown;  // that rates_ knows
    double rate_hz_ = 0;                                 // nominal, of both; 0 before they agreed
    std::string output_name_;
    engine::IdleWatch idle_;
    std::optional<engine::SoundSearch> search_;  // while the output sleeps
    std::chrono::steady_clock::time_point listened_{};
    std::vector<Listener> listeners_;
    AudioObjectID watched_sink_ = kAudioObjectUnknown;
    AudioObjectID watched_output_ = kAudioObjectUnknown;

    Wake& wake_ = wake_state();
    mutable std::mutex mutex_;  // guards connection_
    Connection connection_;
    std::function<void()> changed_;
    std::thread thread_;
};

}  // namespace gecko::platform::coreaudio
