#pragma once

#include <CoreAudio/CoreAudio.h>

#include <expected>
#include <memory>

#include "platform/error.hpp"
#include "shm/ring_reader.hpp"
#include "shm/segment.hpp"

namespace gecko::platform::coreaudio {

/// This program's attachment to the driver: the segment that it made and the driver plays into. Detaches when it goes.
///
/// Control threads, one at a time.
class DriverLink {
  public:
    /// Makes a private segment, hands it to the driver behind `sink` and removes its name.
    static std::expected<std::unique_ptr<DriverLink>, PlatformError> attach(AudioObjectID sink);

    DriverLink(const DriverLink&) = delete;
    DriverLink& operator=(const DriverLink&) = delete;
    ~DriverLink();

    [[nodiscard]] AudioObjectID sink() const noexcept { return sink_; }
    [[nodiscard]] shm::RingReader ring() const noexcept { return {segment_.base(), segment_.geometry()}; }
    /// Tells the driver that this program lives. At least once a second, or somebody else may take the driver.
    void beat() noexcept;

  private:
    DriverLink(AudioObjectID sink, shm::Segment segment) noexcept
        : sink_(sink), segment_(std::move(segment)) {}

    AudioObjectID sink_;
    shm::Segment segment_;
};

}  // namespace gecko::platform::coreaudio
