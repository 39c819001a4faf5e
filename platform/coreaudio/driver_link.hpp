#pragma once

#include <CoreAudio/CoreAudio.h>

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "platform/backend.hpp"
#include "platform/error.hpp"
#include "shm/ring_reader.hpp"
#include "shm/segment.hpp"

namespace gecko::platform::coreaudio {

/// This program's attachment to the driver: the segment that it made and the driver plays into. Detaches when it goes.
///
/// As long as it lives a thread of its own tells the driver each second that this program does, whatever the others wait for. It
/// calls `beat` then: who has something to look after each second needs no timer of his own, and the machine wakes up once.
/// Control threads, one at a time.
class DriverLink {
  public:
    /// Makes a private segment, hands it to the driver behind `sink` and removes its name. Where the driver still belongs to a
    /// program that has died, waits until the driver notices (shm::kAliveLimitNs).
    static std::expected<std::unique_ptr<DriverLink>, PlatformError> attach(
        AudioObjectID sink, const std::function<void()>& beat);

    /// What the driver behind `sink` says of itself: its state ('gsta'), entry by entry.
    static std::vector<DriverFact> facts(AudioObjectID sink);
    /// Offers the driver a segment of each mode that another user, its group or only this one can open.
    static std::vector<DriverFact> try_modes(AudioObjectID sink);

    DriverLink(const DriverLink&) = delete;
    DriverLink& operator=(const DriverLink&) = delete;
    ~DriverLink();

    [[nodiscard]] AudioObjectID sink() const noexcept { return sink_; }
    [[nodiscard]] shm::RingReader ring() const noexcept { return {segment_.base(), segment_.geometry()}; }

  private:
    DriverLink(shm::Segment segment, std::function<void()> beat)
        : segment_(std::move(segment)), beat_(std::move(beat)) {}
    /// Offers the segment, whose name is `name`, to the driver behind `sink`; what the driver says.
    OSStatus offer(AudioObjectID sink, const std::string& name);
    void store_alive(std::uint64_t host_time) noexcept;
    void keep_alive();

    AudioObjectID sink_ = kAudioObjectUnknown;  // unknown while not attached
    shm::Segment segment_;
    std::function<void()> beat_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ending_ = false;  // guarded by mutex_
    std::thread heartbeat_;
};

}  // namespace gecko::platform::coreaudio
