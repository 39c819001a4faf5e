#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rt/nonblocking.hpp"
#include "shm/clock_line.hpp"
#include "shm/layout.hpp"

namespace gecko::shm {

/// What the producer says of itself, read once at the start of a pull. Unchecked: any value is possible.
struct ProducerState {
    std::uint64_t position;  ///< P
    std::uint32_t generation;
    std::uint32_t rate;  ///< Hz
    bool running;
    float volume;  ///< linear gain 0..1; checked: anything else reads as 1
    bool muted;
};

/// The producer's time line.
struct TimeLine {
    std::uint64_t start;  ///< in frames of P
    ClockLine clock;      ///< in frames of P
    std::uint32_t lead;   ///< frames that P is ahead of the clock at least
};

/// Frames of a copy that were not the producer's audio; silence stands in their place.
struct CopyResult {
    std::size_t overtaken = 0;  ///< overwritten, at the start of the block
    std::size_t late = 0;       ///< not yet written, at its end
};

/// Whose a client ring is, as the producer says: any value is possible, but the bundle ID ends in a zero.
struct Client {
    std::uint32_t sequence = 0;  ///< another one with each client that has had the ring; 0: nobody has
    std::uint32_t client_id = 0;
    std::uint32_t process_id = 0;
    BundleId bundle_id{};
};

/// Which frames of a block a client played. Outside of [begin, end) there is nothing of it.
struct ClientCopy {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t overtaken = 0;  ///< frames of the client that were overwritten; before `begin`
};

/// The consumer's side of a segment's rings. One thread at a time (the output's callback).
class RingReader {
  public:
    /// `segment`: geometry.segment_bytes() mapped, writable bytes that outlive the reader.
    RingReader(std::byte* segment, const Geometry& geometry) noexcept;

    [[nodiscard]] const Geometry& geometry() const noexcept { return geometry_; }
    [[nodiscard]] ProducerState state() const noexcept GECKO_NONBLOCKING;
    /// Nothing from the start of IO to its first cycle, or if the line makes no sense or the producer keeps changing it.
    ///
    /// Read it before state(): a generation that is as old as the time line, or newer, then shows itself.
    [[nodiscard]] std::optional<TimeLine> time_line() const noexcept GECKO_NONBLOCKING;

    /// Fills `out` (whole frames, interleaved) with the frames from `position` on. Any position is safe.
    CopyResult copy(std::uint64_t position, std::span<float> out) const noexcept GECKO_NONBLOCKING;

    /// P from which on the clients' rings add up to the mix; kNever if one that plays has none. Behind copy().
    [[nodiscard]] std::uint64_t complete_from() const noexcept GECKO_NONBLOCKING {
        return view_.control->producer.complete_from.load(std::memory_order_relaxed);
    }
    /// Whether another client has the ring than the one with this sequence. Behind copy(): then all frames that copy() found written
    /// are of this client or of one that had the ring longer ago than it reaches back.
    [[nodiscard]] bool client_changed(std::uint32_t ring,
                                      std::uint32_t sequence) const noexcept GECKO_NONBLOCKING {
        return view_.control->producer.clients[ring].sequence.load(std::memory_order_relaxed) != sequence;
    }
    /// Whose the ring is. Nothing while the producer is changing it.
    [[nodiscard]] std::optional<Client> client(std::uint32_t ring) const noexcept GECKO_NONBLOCKING;
    /// P behind the last frame that the client of a ring has played.
    [[nodiscard]] std::uint64_t client_end(std::uint32_t ring) const noexcept GECKO_NONBLOCKING {
        return view_.control->producer.clients[ring].end.load(std::memory_order_relaxed);
    }
    /// Copies what the client of a ring played of the frames from `position` on, to the same places in `out`: the result says which
    /// those are; the rest of `out` is left in any state. Behind copy(), for frames that it found written. Any position is safe.
    ClientCopy copy_client(std::uint32_t ring, std::uint64_t position,
                           std::span<float> out) const noexcept GECKO_NONBLOCKING;

    /// Stores where reading goes on, for whoever watches; nothing depends on it.
    void set_read_position(std::uint64_t position) noexcept GECKO_NONBLOCKING;
    /// Stores the output callback's heartbeat (host ticks) and adds to the counters (frames).
    void report_pull(std::uint64_t host_time, std::uint64_t overtaken,
                     std::uint64_t underrun) noexcept GECKO_NONBLOCKING;
    /// Asks for the driver's clock to run this much faster than nominal (ppm).
    void ask_steering(double ppm) noexcept GECKO_NONBLOCKING;

  private:
    /// Copies frames of one ring of PCM, of which those up to `written` are there. What the result counts is left in any state.
    [[nodiscard]] CopyResult copy_ring(const float* pcm, const std::atomic<std::uint64_t>& reserved,
                                       std::uint64_t written, std::uint64_t position,
                                       std::span<float> out) const noexcept GECKO_NONBLOCKING;

    View view_;
    Geometry geometry_;
};

}  // namespace gecko::shm
