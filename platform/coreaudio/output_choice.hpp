#pragma once

#include <CoreAudio/CoreAudio.h>

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "platform/error.hpp"

namespace gecko::platform::coreaudio {

/// Which device to play on: the one that was chosen last of those that are there, so that one that was unplugged is gone back to
/// when it returns; where none of them is there the built-in one, else any that is no virtual device, else any.
///
/// What there is an objection to is never chosen, nor, unless by its UID, what the system does not offer as the default output. Control
/// threads, one at a time.
class OutputChoice {
  public:
    /// Somebody chose this device, now.
    void prefer(const std::string& uid);
    /// This device refuses to play: any other comes before it, until somebody chooses it, or it goes and comes again.
    void avoid(AudioObjectID output);
    /// Devices' IDs mean nothing any more.
    void forget_server() { avoided_.clear(); }
    /// Why Gecko must not play on `output`: it would hear itself. It is `sink`, which applications play into, or Gecko Sink; has it in it;
    /// or is another program's device, which that program plays on where the default was before: into Gecko Sink.
    static std::optional<PlatformError> objection(AudioObjectID output, AudioObjectID sink);
    /// The device to play on now; no_output where there is none.
    [[nodiscard]] std::expected<AudioObjectID, PlatformError> choose(AudioObjectID sink) const;

  private:
    [[nodiscard]] bool is_avoided(AudioObjectID output) const;

    std::vector<std::string> chosen_;     // UIDs, the last one first
    std::vector<AudioObjectID> avoided_;  // a device that comes again has another
};

}  // namespace gecko::platform::coreaudio
