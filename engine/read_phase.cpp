#include "engine/read_phase.hpp"

#include <algorithm>
#include <cmath>

namespace gecko::engine {
namespace {

/// Positions and sample times farther out than this come from a broken peer; within it doubles convert to integers safely.
constexpr double kFarthest = 0x1p52;

std::int64_t distance(std::uint64_t from, std::uint64_t to) noexcept GECKO_NONBLOCKING {
    return static_cast<std::int64_t>(to - from);
}

}  // namespace

void ReadPhase::forget() noexcept GECKO_NONBLOCKING {
    known_ = false;
    restart(margin_);
}

void ReadPhase::restart(std::uint32_t margin_frames) noexcept GECKO_NONBLOCKING {
    margin_ = margin_frames;
    set_ = false;
    old_left_ = false;
    fill_ = 0;
}

void ReadPhase::set(std::uint64_t time_line_start, std::uint64_t guaranteed, std::uint64_t sample_time,
                    std::size_t frames) noexcept GECKO_NONBLOCKING {
    std::uint64_t position = guaranteed - margin_ - frames;
    if (set_) {
        const std::uint64_t old_position = sample_time + offset_;
        old_left_ = distance(old_position, time_line_start) > 0;
        old_offset_ = offset_;
        // Where more is left than the new time line's phase leaves room for, the new one follows on directly.
        if (old_left_ && distance(old_position, position) > 0) position = old_position;
    }
    offset_ = position - sample_time;
    time_line_start_ = time_line_start;
    set_ = true;
}

ReadPlan ReadPhase::plan(const shm::ProducerState& state, const std::optional<shm::TimeLine>& line,
                         const OutputCycle& cycle, std::size_t frames) noexcept GECKO_NONBLOCKING {
    const ReadPlan silence{.silent_frames = frames, .position = state.position};
    if (known_ && state.generation != generation_) {
        generation_ = state.generation;
        discarded_ = true;
        restart(margin_);
    }

    if (!(std::abs(cycle.sample_time) < kFarthest)) return silence;
    const auto sample_time = static_cast<std::uint64_t>(std::llround(cycle.sample_time));
    const double guaranteed =
        line ? line->clock.frame_at(static_cast<double>(cycle.now)) + static_cast<double>(line->lead) : 0.0;
    const bool believable = line && std::abs(guaranteed) < kFarthest;

    const bool begins = believable && (!known_ || line->start != time_line_start_ || (!set_ && !discarded_));
    if (begins) {
        set(line->start, static_cast<std::uint64_t>(std::llround(std::floor(guaranteed))), sample_time,
            frames);
        generation_ = state.generation;
        known_ = true;
        discarded_ = false;
    }
    if (!set_) return silence;

    ReadPlan plan;
    plan.begins = begins;
    plan.position = sample_time + offset_;
    plan.frames = frames;
    if (believable)
        fill_ = guaranteed - static_cast<double>(distance(0, plan.position)) - static_cast<double>(frames);

    const std::int64_t before = distance(plan.position, time_line_start_);
    if (before <= 0) {
        old_left_ = false;
        return plan;
    }
    const auto waiting = std::min(frames, static_cast<std::size_t>(before));
    if (old_left_) {
        plan.old_position = sample_time + old_offset_;
        const std::int64_t left = distance(plan.old_position, time_line_start_);
        plan.old_frames = left > 0 ? std::min(waiting, static_cast<std::size_t>(left)) : 0;
    }
    plan.silent_frames = waiting - plan.old_frames;
    plan.position += waiting;
    plan.frames -= waiting;
    return plan;
}

}  // namespace gecko::engine
