#pragma once

#include <CoreAudio/CoreAudio.h>

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/engine.hpp"
#include "engine/idle_watch.hpp"
#include "engine/output_tap.hpp"
#include "engine/sound_search.hpp"
#include "platform/backend.hpp"
#include "platform/coreaudio/bell.hpp"
#include "platform/coreaudio/default_output.hpp"
#include "platform/coreaudio/host_time.hpp"
#include "platform/coreaudio/output_choice.hpp"
#include "platform/coreaudio/output_stream.hpp"
#include "platform/coreaudio/path_listeners.hpp"
#include "platform/coreaudio/rate_agreement.hpp"
#include "platform/coreaudio/source.hpp"
#include "platform/coreaudio/volume_link.hpp"

namespace gecko::platform::coreaudio {

/// Keeps the path from the driver's ring, or another source's, to the output: follows the default output, rates, volumes, devices that come and go, the
/// audio server's restarts and the console.
///
/// Each step looks at what is there and brings the path nearer to what it should be, as far as that can be done now: it never waits and
/// reads no clock, so that it runs under virtual time as well. The HAL's notifications only ring the bell (Bell). One thread, but for
/// what says so.
class Follower {
  public:
    /// `changed` is called by step() when connection() has become another. `engine` and `tap` (null: nobody records) outlive it.
    Follower(engine::Engine& engine, const PathOptions& options, engine::OutputTap* tap,
             std::function<void()> changed);
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    /// Ends at once what finish() ends gently.
    ~Follower();

    /// Gives the host time at which it is to be called again though nobody rings; HostTime::max(): never.
    HostTime step(HostTime now, const Call& call);
    /// From the next step on: gives the default output back, fades out, stops. finished() when that is done.
    void finish() { finishing_ = true; }
    [[nodiscard]] bool finished() const { return finishing_ && stage_ == Stage::stopped; }

    /// Tells the driver that this program lives; each second, whatever the others wait for. Any thread.
    void beat();
    /// Any thread.
    [[nodiscard]] Connection connection() const;

  private:
    enum class Stage : std::uint8_t { stopped, fading, playing };
    using Outcome = std::expected<void, PlatformError>;

    Outcome keep(HostTime now, const Call& call);
    Outcome wind_down(HostTime now);
    /// Nothing is wrong, but there is no link either while the driver waits for the death of its last owner to show.
    Outcome attach(AudioObjectID sink, HostTime now);
    void give_back_if_it_lasts(HostTime now);
    void forget_trouble();
    void look_at_default(AudioObjectID sink, HostTime now);
    void refused(AudioObjectID sink, AudioObjectID output, const PlatformError& why, HostTime now);
    void listen(HostTime now);
    Outcome play(AudioObjectID sink, AudioObjectID output, HostTime now);
    std::expected<bool, PlatformError> settle(AudioObjectID sink, AudioObjectID output, HostTime now);
    bool tell_latency(AudioObjectID sink, AudioObjectID output, HostTime now);
    Outcome start(AudioObjectID sink, AudioObjectID output, HostTime now);
    void fade(HostTime now);
    bool faded(HostTime now);
    [[nodiscard]] std::expected<AudioObjectID, PlatformError> find_sink() const;
    [[nodiscard]] bool parted() const;
    void stop_output();
    void drop_link();
    void forget_server();
    void look_again(HostTime when) { next_ = std::min(next_, when); }
    void tell(std::optional<PlatformError> problem);

    engine::Engine& engine_;
    PathOptions options_;
    engine::OutputTap* tap_;
    std::function<void()> changed_;

    std::mutex link_mutex_;  // guards the pointer: the heart beats on another thread
    std::unique_ptr<Source> link_;
    std::optional<HostTime> owner_died_;  // since when the driver has belonged to a program that is dead
    std::optional<HostTime> unattached_;  // since when the driver or another source has refused
    OutputChoice choice_;
    DefaultOutput default_;
    std::optional<PlatformError> notice_;
    RateAgreement rates_;
    VolumeLink volume_;
    AudioObjectID agreed_output_ = kAudioObjectUnknown;  // that rates_ knows

    Stage stage_ = Stage::stopped;
    std::unique_ptr<OutputStream> stream_;
    HostTime fade_until_{};
    HostTime start_again_{};  // not before, after the output has refused
    std::optional<PlatformError> refusal_;
    AudioObjectID troubled_ = kAudioObjectUnknown;  // the output that cannot be played on, and
    HostTime troubled_since_{};
    HostTime latency_until_{};  // then the driver has not taken the path's latency
    double rate_hz_ = 0;        // nominal, of both; 0 before they agreed
    std::string source_name_;
    std::string output_name_;
    std::string output_uid_;

    engine::IdleWatch idle_;
    engine::IdleWatch::Verdict verdict_{.run = true, .listen = false};
    std::optional<engine::SoundSearch> search_;  // while the output sleeps
    HostTime listened_{};

    PathListeners listeners_;

    bool finishing_ = false;
    HostTime next_{};

    mutable std::mutex mutex_;  // guards connection_
    Connection connection_;
};

}  // namespace gecko::platform::coreaudio
