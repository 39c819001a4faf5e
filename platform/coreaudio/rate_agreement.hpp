#pragma once

#include <CoreAudio/CoreAudio.h>

#include <expected>
#include <optional>

#include "platform/coreaudio/host_time.hpp"
#include "platform/error.hpp"

namespace gecko::platform::coreaudio {

/// Brings Gecko Sink and the output to one nominal rate (design, "Data, as it flows", 4).
///
/// The sink follows the output. A change of the sink's rate by somebody else is offered to the output once; if the output
/// refuses, the sink goes back; there is no second offer within 2 s. Never waits: a change of rate is asked for, and is there when
/// a later look finds it.
class RateAgreement {
  public:
    /// Forgets what was agreed: at attach and with another output, so that the sink follows the output.
    void reset() noexcept { *this = {}; }

    /// The rate in Hz that both have now; nothing while one of them is still to change: look again when it tells so, or soon.
    /// An error where they cannot have one.
    std::expected<std::optional<double>, PlatformError> settle(AudioObjectID sink, AudioObjectID output,
                                                               HostTime now);

  private:
    struct Change {
        AudioObjectID device;
        double rate_hz;
        HostTime until;  // then it does not come any more
    };

    /// False if the device refuses.
    [[nodiscard]] bool ask(AudioObjectID device, double rate_hz, HostTime now);
    [[nodiscard]] bool may_offer(double rate_hz, HostTime now) const;

    double agreed_hz_ = 0;
    std::optional<Change> change_;
    std::optional<HostTime> offered_;
    double refused_hz_ = 0;  // the output did not take it
};

}  // namespace gecko::platform::coreaudio
