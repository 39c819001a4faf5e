#include "driver/clock.hpp"

#include <cmath>

namespace gecko::driver {

void Clock::Cell::store(const TimeLine& line) noexcept {
    seed.store(line.seed, std::memory_order_relaxed);
    anchor.store(line.anchor, std::memory_order_relaxed);
    ticks_per_frame.store(line.ticks_per_frame, std::memory_order_relaxed);
}

void Clock::begin_time_line(std::uint64_t host_time, double ticks_per_frame) noexcept {
    const TimeLine line{.seed = ++seed_, .anchor = host_time, .ticks_per_frame = ticks_per_frame};
    std::uint32_t sequence = sequence_.load(std::memory_order_relaxed);
    for (Cell& cell : cells_) {
        // The step away from a cell comes before its bytes change, and after the other one's did.
        sequence_.store(++sequence, std::memory_order_release);
        std::atomic_thread_fence(std::memory_order_release);
        cell.store(line);
    }
}

std::optional<Clock::TimeLine> Clock::snapshot() const noexcept GECKO_NONBLOCKING {
    // A second try is needed only if a whole time line was begun during the first one.
    for (int tries = 0; tries < 8; ++tries) {
        const std::uint32_t before = sequence_.load(std::memory_order_acquire);
        const Cell& cell = cells_[before & 1];
        const TimeLine line{.seed = cell.seed.load(std::memory_order_relaxed),
                            .anchor = cell.anchor.load(std::memory_order_relaxed),
                            .ticks_per_frame = cell.ticks_per_frame.load(std::memory_order_relaxed)};
        std::atomic_thread_fence(std::memory_order_acquire);
        if (sequence_.load(std::memory_order_relaxed) != before) continue;
        if (line.seed == 0) return std::nullopt;
        return line;
    }
    return std::nullopt;
}

std::optional<ZeroTimeStamp> Clock::zero_time_stamp(std::uint64_t host_time) const noexcept
    GECKO_NONBLOCKING {
    const auto line = snapshot();
    if (!line) return std::nullopt;
    const double elapsed = host_time > line->anchor ? static_cast<double>(host_time - line->anchor) : 0.0;
    const double ticks_per_period = line->ticks_per_frame * kPeriod;
    const double periods = std::floor(elapsed / ticks_per_period);
    return ZeroTimeStamp{.sample_time = periods * kPeriod,
                         .host_time = line->anchor + static_cast<std::uint64_t>(periods * ticks_per_period),
                         .seed = line->seed};
}

std::optional<shm::ClockLine> Clock::line() const noexcept GECKO_NONBLOCKING {
    const auto line = snapshot();
    if (!line) return std::nullopt;
    return shm::ClockLine{.anchor_frame = 0,
                          .anchor_host_time = static_cast<double>(line->anchor),
                          .ticks_per_frame = line->ticks_per_frame};
}

}  // namespace gecko::driver
