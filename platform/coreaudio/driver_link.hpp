#pragma once

#include <CoreAudio/CoreAudio.h>

#include <cstdint>
#include <expected>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/backend.hpp"
#include "platform/coreaudio/source.hpp"
#include "platform/error.hpp"
#include "shm/segment.hpp"

namespace gecko::platform::coreaudio {

/// This program's attachment to the driver: the segment that it made and the driver plays into. Detaches when it goes.
///
/// Control threads, one at a time, but for what says so.
class DriverLink final : public Source {
  public:
    /// Makes a private segment, hands it to the driver behind `sink` and removes its name.
    static std::expected<std::unique_ptr<Source>, Failure> attach(AudioObjectID sink);

    /// Offers the driver a segment of each mode that another user, its group or only this one can open.
    static std::vector<DriverFact> try_modes(AudioObjectID sink);

    ~DriverLink() override;

    /// The driver knows it by itself.
    std::expected<void, PlatformError> prepare(double) override { return {}; }
    bool set_latency(std::uint32_t frames, std::uint32_t microseconds) override;
    void beat() noexcept override;
    [[nodiscard]] AudioObjectID sink() const noexcept override { return sink_; }
    [[nodiscard]] AudioObjectID volume_to_follow() const noexcept override { return sink_; }
    [[nodiscard]] double room_seconds() const noexcept override {
        return std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] shm::RingReader ring() const noexcept override {
        return {segment_.base(), segment_.geometry()};
    }

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
