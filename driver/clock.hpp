#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "rt/nonblocking.hpp"
#include "shm/clock_line.hpp"

namespace gecko::driver {

/// What GetZeroTimeStamp answers.
struct ZeroTimeStamp {
    double sample_time;       ///< frames; a multiple of Clock::kPeriod
    std::uint64_t host_time;  ///< ticks
    std::uint64_t seed;       ///< another one on each time line
};

/// The device's clock: a straight line from host time to sample time, on one time line after the other.
///
/// It reads no clock: time comes as an argument. A zero timestamp is found by dividing the time since the
/// time line's anchor, never by adding to the one before, so a caller that sleeps through periods gets the
/// latest at once and rounding to whole ticks cannot add up.
class Clock {
  public:
    /// Frames between zero timestamps; the HAL wants 10923 at least.
    static constexpr std::uint32_t kPeriod = 16'384;

    /// Begins a time line: sample time 0 is at `host_time` (ticks), with a new seed. Control threads, one at a
    /// time.
    void begin_time_line(std::uint64_t host_time, double ticks_per_frame) noexcept;

    /// The latest zero timestamp at `host_time` (ticks); the time line's first for times before it. Nothing
    /// before the first time line. Any thread, several at once.
    [[nodiscard]] std::optional<ZeroTimeStamp> zero_time_stamp(std::uint64_t host_time) const noexcept
        GECKO_NONBLOCKING;

    /// The time line in force, in frames of sample time. Nothing before the first. Any thread.
    [[nodiscard]] std::optional<shm::ClockLine> line() const noexcept GECKO_NONBLOCKING;

  private:
    struct TimeLine {
        std::uint64_t seed;
        std::uint64_t anchor;    // host ticks at sample time 0
        double ticks_per_frame;  // host ticks
    };
    struct Cell {
        std::atomic<std::uint64_t> seed{0};
        std::atomic<std::uint64_t> anchor{0};
        std::atomic<double> ticks_per_frame{0};

        void store(const TimeLine& line) noexcept;
    };

    [[nodiscard]] std::optional<TimeLine> snapshot() const noexcept GECKO_NONBLOCKING;

    // A sequence lock over two cells: readers take the one that is not being written, so a writer that is
    // suspended half way holds nobody up. Odd: the first cell is being written.
    std::atomic<std::uint32_t> sequence_{0};
    std::array<Cell, 2> cells_{};
    std::uint64_t seed_ = 0;
};

}  // namespace gecko::driver
