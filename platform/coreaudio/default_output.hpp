#pragma once

#include <CoreAudio/CoreAudio.h>

#include <deque>
#include <expected>
#include <optional>
#include <string>

#include "platform/coreaudio/host_time.hpp"
#include "platform/coreaudio/output_choice.hpp"
#include "platform/error.hpp"
#include "platform/former_default.hpp"

namespace gecko::platform::coreaudio {

/// The system's default output while gecko runs: Gecko Sink takes the place of the one that was, and gives it back.
///
/// Whatever else becomes the default meanwhile was chosen by somebody, in the menu as a rule: it is to be played on, and Gecko Sink
/// becomes the default again. But not what is the default just behind a restart of the audio server, whose devices come one by one. Three times within 5 s is somebody who will not have it: then Gecko stops, until Gecko Sink is chosen by
/// hand. Control threads, one at a time.
class DefaultOutput {
  public:
    /// `take`: Gecko Sink is to be the default. Otherwise the default is only looked at.
    DefaultOutput(bool take, FormerDefault former)
        : take_(take), former_(std::move(former)), ours_(!former_.read().empty()) {}

    /// Looks at who is the default. The device that somebody else made it since the last look; nothing if nobody did.
    std::optional<AudioObjectID> look(AudioObjectID sink, HostTime now);
    /// Makes Gecko Sink the default, if it is to be and is not; `output` is what is played on. Each time it is.
    ///
    /// What is to be given back is noted first, and nothing is taken where that fails: the default that was, and `output` when Gecko goes
    /// over to another one. Where Gecko Sink was left the default by a gecko that could not give it back, what that one noted; where
    /// somebody chose it by hand, `output`.
    void take(AudioObjectID sink, AudioObjectID output, HostTime now);
    /// The former default is the default again, if Gecko Sink still is; where it has gone, what `choice` chooses.
    void give_back(const OutputChoice& choice);
    /// The audio server has been restarted: what is the default now nobody chose.
    void forget_server() noexcept;
    /// Whether what the system says is the default can be believed. Otherwise look() is to be called again, though nothing changes.
    [[nodiscard]] bool settled(HostTime now) const noexcept;

    [[nodiscard]] bool taken() const noexcept { return taken_; }
    /// Somebody else would not have Gecko Sink as the default: who it was.
    [[nodiscard]] const std::optional<PlatformError>& contested() const noexcept { return contested_; }
    /// The former default could not be noted.
    [[nodiscard]] const std::optional<PlatformError>& not_noted() const noexcept { return not_noted_; }

  private:
    bool note(AudioObjectID former);
    [[nodiscard]] bool devices_come(HostTime now) const noexcept;

    bool take_;
    FormerDefault former_;
    bool taken_ = false;
    bool
        ours_;  // whether Gecko Sink is the default by Gecko, as far as is known: taken, or left so behind a crash
    bool noted_ = false;                            // while taken: who is to be the default afterwards
    AudioObjectID output_ = kAudioObjectUnknown;    // that is played on, at the last take()
    AudioObjectID replaced_ = kAudioObjectUnknown;  // the default before Gecko Sink, and
    HostTime replaced_at_{};                        // when
    bool note_stands_ = false;                      // though the audio server has been restarted since
    bool restarted_ = false;                        // the audio server
    std::optional<HostTime> restart_seen_;          // the first look behind that
    AudioObjectID seen_ = kAudioObjectUnknown;      // the default at the last look, while not taken
    std::deque<HostTime> lost_;                     // when somebody else became the default, lately
    std::optional<PlatformError> contested_;
    std::optional<PlatformError> not_noted_;
};

/// Gives back the default that a gecko which no longer runs had taken, and forgets its note. Nothing if Gecko Sink is not the default;
/// an error, and the note stays, while there is no Gecko Sink: it may be the default again when it comes.
std::expected<void, PlatformError> give_default_back(const FormerDefault& former, const OutputChoice& choice);

}  // namespace gecko::platform::coreaudio
