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
/// line's anchor, never by adding to the one before, so a caller that sleeps through periods gets the
/// latest at once and rounding to whole ticks cannot add up. Steering bends the line at its last zero
/// timestamp: stamps that were given stay true, and the next one is where the new slope puts it.
class Clock {
  public:
    /// Frames between zero timestamps.
    static constexpr std::uint32_t kPeriod = shm::kZeroTimeStampPeriod;

    /// Begins a time line: sample time 0 is at `host_time` (ticks), with a new seed, at the nominal speed.
    /// Control threads, one at a time.
    void begin_time_line(std::uint64_t host_time, double ticks_per_frame) noexcept;

    /// Whether a steer() at this host time (ticks) could do anything: a stamp is due that was not looked at yet. IO thread.
    [[nodiscard]] bool is_steered_at(std::uint64_t host_time) const noexcept GECKO_NONBLOCKING {
        return host_time >= steer_from_.load(std::memory_order_relaxed);
    }
    /// Has the clock run `ppm` faster than nominal from the last zero timestamp on. Once a period, soon behind
    /// its stamp; otherwise it does nothing. Any value is safe: out of range is clamped, NaN is nominal.
    /// One thread at a time (the IO thread); does nothing while a time line is being begun.
    void steer(std::uint64_t host_time, double ppm) noexcept GECKO_NONBLOCKING;

    /// The latest zero timestamp at `host_time` (ticks); the time line's first for times before it. Nothing
    /// before the first time line. Any thread, several at once.
    [[nodiscard]] std::optional<ZeroTimeStamp> zero_time_stamp(std::uint64_t host_time) const noexcept
        GECKO_NONBLOCKING;

    /// The line in force, in frames of sample time. Nothing before the first. Any thread.
    [[nodiscard]] std::optional<shm::ClockLine> line() const noexcept GECKO_NONBLOCKING;

  private:
    struct Line {
        std::uint64_t seed;
        std::int64_t anchor_frame;  // a multiple of kPeriod
        std::uint64_t anchor;       // host ticks at anchor_frame, whole
        double anchor_fraction;     // of a tick, on top of it
        double ticks_per_frame;     // host ticks

        [[nodiscard]] double ticks_per_period() const noexcept GECKO_NONBLOCKING {
            return ticks_per_frame * kPeriod;
        }
        /// Ticks since the anchor, not below 0.
        [[nodiscard]] double elapsed(std::uint64_t host_time) const noexcept GECKO_NONBLOCKING {
            if (host_time <= anchor) return 0.0;
            const double ticks = static_cast<double>(host_time - anchor) - anchor_fraction;
            return ticks > 0.0 ? ticks : 0.0;
        }
    };
    struct Cell {
        std::atomic<std::uint64_t> seed{0};
        std::atomic<std::int64_t> anchor_frame{0};
        std::atomic<std::uint64_t> anchor{0};
        std::atomic<double> anchor_fraction{0};
        std::atomic<double> ticks_per_frame{0};

        void store(const Line& line) noexcept GECKO_NONBLOCKING;
        [[nodiscard]] Line load() const noexcept GECKO_NONBLOCKING;
    };

    void publish() noexcept GECKO_NONBLOCKING;
    void steer_again_after(double periods) noexcept GECKO_NONBLOCKING;
    [[nodiscard]] std::optional<Line> snapshot() const noexcept GECKO_NONBLOCKING;

    // A sequence lock over two cells: readers take the one that is not being written, so a writer that is
    // suspended half way holds nobody up. Odd: the first cell is being written.
    std::atomic<std::uint32_t> sequence_{0};
    std::array<Cell, 2> cells_{};

    // Host ticks of the next stamp: before it there is nothing to steer. Kept so that a cycle costs one comparison.
    std::atomic<std::uint64_t> steer_from_{0};

    // Whoever holds the flag may change what follows. The IO thread never waits for it.
    std::atomic_flag writing_{};
    Line line_{};
    double nominal_ticks_per_frame_ = 0;
    double steering_ = 0;  // ppm
};

}  // namespace gecko::driver
