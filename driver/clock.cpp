#include "driver/clock.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>

namespace gecko::driver {

void Clock::Cell::store(const Line& line) noexcept GECKO_NONBLOCKING {
    seed.store(line.seed, std::memory_order_relaxed);
    anchor_frame.store(line.anchor_frame, std::memory_order_relaxed);
    anchor.store(line.anchor, std::memory_order_relaxed);
    anchor_fraction.store(line.anchor_fraction, std::memory_order_relaxed);
    ticks_per_frame.store(line.ticks_per_frame, std::memory_order_relaxed);
}

Clock::Line Clock::Cell::load() const noexcept GECKO_NONBLOCKING {
    return {.seed = seed.load(std::memory_order_relaxed),
            .anchor_frame = anchor_frame.load(std::memory_order_relaxed),
            .anchor = anchor.load(std::memory_order_relaxed),
            .anchor_fraction = anchor_fraction.load(std::memory_order_relaxed),
            .ticks_per_frame = ticks_per_frame.load(std::memory_order_relaxed)};
}

void Clock::publish() noexcept GECKO_NONBLOCKING {
    std::uint32_t sequence = sequence_.load(std::memory_order_relaxed);
    for (Cell& cell : cells_) {
        // The step away from a cell comes before its bytes change, and after the other one's did.
        sequence_.store(++sequence, std::memory_order_release);
        std::atomic_thread_fence(std::memory_order_release);
        cell.store(line_);
    }
}

void Clock::begin_time_line(std::uint64_t host_time, double ticks_per_frame) noexcept {
    // A host that lets IO run meanwhile breaks its contract; then steer() holds the flag for a few stores.
    while (writing_.test_and_set(std::memory_order_acquire)) ::sched_yield();
    line_ = {.seed = line_.seed + 1,
             .anchor_frame = 0,
             .anchor = host_time,
             .anchor_fraction = 0,
             .ticks_per_frame = ticks_per_frame};
    nominal_ticks_per_frame_ = ticks_per_frame;
    steering_ = 0;
    publish();
    steer_again_after(0);
    writing_.clear(std::memory_order_release);
}

/// `periods` of the line have passed.
void Clock::steer_again_after(double periods) noexcept GECKO_NONBLOCKING {
    const double ticks = std::ceil(line_.anchor_fraction + (periods + 1) * line_.ticks_per_period());
    steer_from_.store(line_.anchor + static_cast<std::uint64_t>(ticks), std::memory_order_relaxed);
}

void Clock::steer(std::uint64_t host_time, double ppm) noexcept GECKO_NONBLOCKING {
    const double asked = std::isnan(ppm) ? 0.0 : std::clamp(ppm, -shm::kMaxSteering, shm::kMaxSteering);
    if (writing_.test_and_set(std::memory_order_acquire)) return;
    const double elapsed = line_.elapsed(host_time);
    const double ticks_per_period = line_.ticks_per_period();
    const double periods = std::floor(elapsed / ticks_per_period);
    // In the second half of a period another thread may be about to be given the stamp at its end.
    const bool soon = elapsed - periods * ticks_per_period < ticks_per_period / 2;
    if (line_.seed == 0 || periods < 1) {
        // Before the first line, or a rounding before its first period is over.
    } else if (!soon || asked == steering_) {
        steer_again_after(periods);
    } else {
        steering_ = std::clamp(asked, steering_ - shm::kMaxSteeringStep, steering_ + shm::kMaxSteeringStep);
        const double ticks = line_.anchor_fraction + periods * ticks_per_period;
        const double whole = std::floor(ticks);
        line_.anchor_frame += static_cast<std::int64_t>(periods) * kPeriod;
        line_.anchor += static_cast<std::uint64_t>(whole);
        line_.anchor_fraction = ticks - whole;
        line_.ticks_per_frame = nominal_ticks_per_frame_ / (1.0 + steering_ * 1e-6);
        publish();
        steer_again_after(0);
    }
    writing_.clear(std::memory_order_release);
}

std::optional<Clock::Line> Clock::snapshot() const noexcept GECKO_NONBLOCKING {
    // A second try is needed only if a whole line was published during the first one.
    for (int tries = 0; tries < 8; ++tries) {
        const std::uint32_t before = sequence_.load(std::memory_order_acquire);
        const Line line = cells_[before & 1].load();
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
    const double ticks_per_period = line->ticks_per_period();
    // Whole periods, cut off by a conversion: std::floor is a call where the processor is not known to have SSE4.1.
    const auto periods =
        static_cast<double>(static_cast<std::int64_t>(line->elapsed(host_time) / ticks_per_period));
    const double ticks = line->anchor_fraction + periods * ticks_per_period;
    return ZeroTimeStamp{.sample_time = static_cast<double>(line->anchor_frame) + periods * kPeriod,
                         .host_time = line->anchor + static_cast<std::uint64_t>(ticks),
                         .seed = line->seed};
}

std::optional<shm::ClockLine> Clock::line() const noexcept GECKO_NONBLOCKING {
    const auto line = snapshot();
    if (!line) return std::nullopt;
    return shm::ClockLine{.anchor_frame = line->anchor_frame,
                          .anchor_host_time = static_cast<double>(line->anchor) + line->anchor_fraction,
                          .ticks_per_frame = line->ticks_per_frame};
}

}  // namespace gecko::driver
