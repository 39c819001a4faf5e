#pragma once

#include <CoreAudio/CoreAudio.h>

#include <chrono>
#include <expected>

#include "platform/error.hpp"

namespace gecko::platform::coreaudio {

/// Brings Gecko Sink and the output to one nominal rate (design, "Data, as it flows", 4).
///
/// The sink follows the output. A change of the sink's rate by somebody else is offered to the output once; if the output
/// refuses, the sink goes back; there is no second offer within 2 s.
class RateAgreement {
  public:
    /// Forgets what was agreed: at attach and with another output, so that the sink follows the output.
    void reset() noexcept {
        agreed_hz_ = 0;
        offered_ = {};  // that was another server, or another output
    }

    /// The rate in Hz that both have now. An error where they cannot have one.
    std::expected<double, PlatformError> settle(AudioObjectID sink, AudioObjectID output);

  private:
    [[nodiscard]] bool offer(AudioObjectID output, double rate_hz);

    double agreed_hz_ = 0;
    std::chrono::steady_clock::time_point offered_{};
};

}  // namespace gecko::platform::coreaudio
