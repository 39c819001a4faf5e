#pragma once

#include <CoreAudio/CoreAudio.h>

#include <expected>
#include <string>
#include <vector>

#include "platform/error.hpp"

namespace gecko::platform::coreaudio {

/// Which device to play on: the one that was chosen last of those that are there, so that one that was unplugged is gone back to
/// when it returns; where none of them is there the built-in one, else any that is no virtual device, else any.
///
/// Gecko Sink itself and aggregates that contain it are never chosen. Control threads, one at a time.
class OutputChoice {
  public:
    /// Somebody chose this device, now.
    void prefer(const std::string& uid);
    /// Whether `output` would hear itself: it is `sink`, which applications play into, or has it in it. Gecko Sink never is an output.
    static bool hears_itself(AudioObjectID output, AudioObjectID sink);
    /// The device to play on now; no_output where there is none.
    [[nodiscard]] std::expected<AudioObjectID, PlatformError> choose(AudioObjectID sink) const;

  private:
    std::vector<std::string> chosen_;  // UIDs, the last one first
};

}  // namespace gecko::platform::coreaudio
