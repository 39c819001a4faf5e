#pragma once

#include <CoreAudio/CoreAudio.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/backend.hpp"
#include "platform/error.hpp"
#include "shm/ring_reader.hpp"
#include "shm/segment.hpp"

namespace gecko::platform::coreaudio {

/// This program's attachment to the driver: the segment that it made and the driver plays into. Detaches when it goes.
///
/// Control threads, one at a time, but for what says so.
class DriverLink {
  public:
    struct Failure {
        PlatformError error;
        bool owner_is_dead = false;  ///< the driver has yet to notice (shm::kAliveLimitNs): try again
    };
    /// Makes a private segment, hands it to the driver behind `sink` and removes its name.
    static std::expected<std::unique_ptr<DriverLink>, Failure> attach(AudioObjectID sink);

    /// Offers the driver a segment of each mode that another user, its group or only this one can open.
    static std::vector<DriverFact> try_modes(AudioObjectID sink);

    DriverLink(const DriverLink&) = delete;
    DriverLink& operator=(const DriverLink&) = delete;
    ~DriverLink();

    /// Tells the driver how long the path behind Gecko Sink takes, so that applications that show pictures know. The device's IO is stopped
    /// and started again for it. False if it has been told so already.
    bool set_latency(std::uint32_t frames, std::uint32_t microseconds);
    /// Tells the driver that this program lives: to be called each second. Any thread.
    void beat() noexcept;

    [[nodiscard]] AudioObjectID sink() const noexcept { return sink_; }
    [[nodiscard]] shm::RingReader ring() const noexcept { return {segment_.base(), segment_.geometry()}; }

  private:
    explicit DriverLink(shm::Segment segment) : segment_(std::move(segment)) {}
    /// Offers the segment, whose name is `name`, to the driver behind `sink`; what the driver says.
    OSStatus offer(AudioObjectID sink, const std::string& name);
    void store_alive(std::uint64_t host_time) noexcept;

    AudioObjectID sink_ = kAudioObjectUnknown;  // unknown while not attached
    shm::Segment segment_;
    std::optional<std::pair<std::uint32_t, std::uint32_t>> latency_;  // as the driver has been told
};

}  // namespace gecko::platform::coreaudio
