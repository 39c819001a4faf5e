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
/// becomes the default again. Three times within 5 s is somebody who will not have it: then Gecko stops, until Gecko Sink is chosen by
/// hand. Control threads, one at a time.
class DefaultOutput {
  public:
    /// `take`: Gecko Sink is to be the default. Otherwise the default is only looked at.
    DefaultOutput(bool take, FormerDefault former) : take_(take), former_(std::move(former)) {}

    /// Looks at who is the default. The device that somebody else made it since the last look; nothing if nobody did.
    std::optional<AudioObjectID> look(AudioObjectID sink, HostTime now);
    /// Makes Gecko Sink the default, if it is to be and is not. Where it was left so by a gecko that could not give the default
    /// back, what that one noted is given back later; where somebody chose it by hand, `output`, which is played on.
    void take(AudioObjectID sink, AudioObjectID output);
    /// The former default is the default again, if Gecko Sink still is; where it has gone, what `choice` chooses.
    void give_back(const OutputChoice& choice);
    /// The audio server has been restarted: what is the default now nobody chose.
    void forget_server() noexcept { taken_ = false; }

    [[nodiscard]] bool taken() const noexcept { return taken_; }
    /// Somebody else would not have Gecko Sink as the default: who it was.
    [[nodiscard]] const std::optional<PlatformError>& contested() const noexcept { return contested_; }

  private:
    bool take_;
    FormerDefault former_;
    bool taken_ = false;
    bool noted_ = false;                        // while taken: who is to be the default afterwards
    AudioObjectID seen_ = kAudioObjectUnknown;  // the default at the last look, while not taken
    std::deque<HostTime> lost_;                 // when somebody else became the default, lately
    std::optional<PlatformError> contested_;
};

/// Gives back the default that a gecko which no longer runs had taken, and forgets its note. Nothing if Gecko Sink is not the default.
std::expected<void, PlatformError> give_default_back(const FormerDefault& former, const OutputChoice& choice);

}  // namespace gecko::platform::coreaudio
