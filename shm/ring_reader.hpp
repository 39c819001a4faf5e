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

/// The consumer's side of the mix ring. One thread at a time (the output's callback).
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

    /// Stores where reading goes on, for whoever watches; nothing depends on it.
    void set_read_position(std::uint64_t position) noexcept GECKO_NONBLOCKING;
    /// Stores the output callback's heartbeat (host ticks) and adds to the counters (frames).
    void report_pull(std::uint64_t host_time, std::uint64_t overtaken,
                     std::uint64_t underrun) noexcept GECKO_NONBLOCKING;
    /// Asks for the driver's clock to run this much faster than nominal (ppm).
    void ask_steering(double ppm) noexcept GECKO_NONBLOCKING;

  private:
    View view_;
    Geometry geometry_;
};

}  // namespace gecko::shm
