#pragma once

#include <CoreAudio/CoreAudio.h>

#include <cstdint>
#include <expected>

#include "platform/error.hpp"
#include "shm/ring_reader.hpp"

namespace gecko::platform::coreaudio {

/// Where what is equalised comes from: Gecko's driver (DriverLink) or another program's device (LoopbackSource). It is there as long
/// as this lives.
///
/// Control threads, one at a time, but for what says so.
class Source {
  public:
    /// Why there is none.
    struct Failure {
        PlatformError error;
        bool owner_is_dead = false;  ///< the driver has yet to notice (shm::kAliveLimitNs): try again
    };

    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// The device that applications play into has this nominal rate from here on, Hz. The output is stopped.
    virtual std::expected<void, PlatformError> prepare(double rate_hz) = 0;
    /// Tells the device that applications play into how long the path behind it takes, so that those that show pictures know. Its IO may be
    /// stopped and started again for it. False if there is nothing to wait for: it has been told so already, or takes no word.
    virtual bool set_latency(std::uint32_t frames, std::uint32_t microseconds) = 0;
    /// That this program lives: to be called each second. Any thread.
    virtual void beat() noexcept = 0;

    /// The device that applications play into.
    [[nodiscard]] virtual AudioObjectID sink() const noexcept = 0;
    /// The one whose volume and mute are to be done behind it: the sink, or unknown if it does them itself.
    [[nodiscard]] virtual AudioObjectID volume_to_follow() const noexcept = 0;
    /// By how much the clocks of its sink and of the output may part before the reading has to be set anew, s. Infinity: its clock is
    /// steered, so that they do not.
    [[nodiscard]] virtual double room_seconds() const noexcept = 0;
    /// What they play. As long as this lives.
    [[nodiscard]] virtual shm::RingReader ring() const noexcept = 0;
};

}  // namespace gecko::platform::coreaudio
