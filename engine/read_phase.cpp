#include "engine/read_phase.hpp"

#include <algorithm>
#include <cmath>

#include "engine/distance.hpp"

namespace gecko::engine {
namespace {

/// Positions and sample times farther out than this come from a broken peer; within it doubles convert to integers safely.
constexpr double kFarthest = 0x1p52;

}  // namespace

void ReadPhase::forget(std::uint32_t ring_frames) noexcept GECKO_NONBLOCKING {
    ring_frames_ = ring_frames;
    known_ = false;
    restart(margin_);
}

void ReadPhase::restart(std::uint32_t margin_frames) noexcept GECKO_NONBLOCKING {
    margin_ = margin_frames;
    set_ = false;
    old_left_ = false;
    frames_ = 0;
    earliest_.reset();
    resume_.reset();
    unexplained_ = 0;
    low_since_.reset();
    target_ = set_distance_ = drift_ = 0;
    measured_ = false;
}

std::uint64_t ReadPhase::surplus() const noexcept GECKO_NONBLOCKING {
    const double surplus = target_ - static_cast<double>(margin_);
    return set_ && surplus >= 1.0 ? static_cast<std::uint64_t>(surplus) : 0;
}

void ReadPhase::skip(std::uint64_t frames) noexcept GECKO_NONBLOCKING {
    offset_ += frames;
    target_ -= static_cast<double>(frames);
    set_distance_ -= static_cast<double>(frames);
}

/// Reads a margin before what is guaranteed, as far as target_ knows.
void ReadPhase::move_back() noexcept GECKO_NONBLOCKING {
    const double missing = static_cast<double>(margin_) - target_;
    if (!(missing > 0.0) || missing > ring_frames_ / 2.0) return;
    const auto frames = static_cast<std::uint64_t>(std::ceil(missing));
    offset_ -= frames;
    set_distance_ += static_cast<double>(frames);
    target_ += static_cast<double>(frames);
    begin_ = played_until_;
}

/// What the target was set by: how early the output calls back, and how far ahead the host mixes.
void ReadPhase::follow_promise(const shm::TimeLine& line, std::uint64_t now,
                               std::uint64_t written) noexcept GECKO_NONBLOCKING {
    lead_ = line.lead;
    if (*earliest_ < earliest_set_) {
        target_ -= static_cast<double>(distance(static_cast<std::uint64_t>(*earliest_),
                                                static_cast<std::uint64_t>(earliest_set_))) /
                   line.clock.ticks_per_frame;
        earliest_set_ = *earliest_;
        if (target_ < margin_ / 2.0) move_back();
    }
    // Late cycles make the lead 0, or this and that; a host that mixes less far ahead makes it another one.
    const bool low = lead_ > 0 && lead_ + margin_ / 2 < lead_set_;
    const bool stays = std::abs(std::int64_t{lead_} - std::int64_t{low_lead_}) <= std::int64_t{margin_ / 8};
    if (!low || !low_since_ || !stays) {
        low_since_ = low ? std::optional(now) : std::nullopt;
        low_lead_ = lead_;
        low_written_ = written;
    } else if (distance(low_written_, written) > kLeadPatience &&
               static_cast<double>(distance(*low_since_, now)) >
                   static_cast<double>(kLeadPatience) * line.clock.ticks_per_frame) {
        come_late(0);
    }
}

void ReadPhase::come_late(std::uint64_t shortage) noexcept GECKO_NONBLOCKING {
    if (!set_) return;
    if (lead_ > 0 && lead_ < lead_set_) {
        target_ -= static_cast<double>(lead_set_ - lead_);
        lead_set_ = lead_;
    } else {
        const std::uint64_t frames = std::min<std::uint64_t>(shortage, std::uint64_t{kMostBack} * margin_);
        unexplained_ += frames;
        target_ -= static_cast<double>(frames);
    }
    low_since_.reset();
    move_back();
}

std::uint64_t ReadPhase::shortage(std::uint64_t end, std::uint64_t written) noexcept GECKO_NONBLOCKING {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(distance(written, end), 0));
}

void ReadPhase::set(const shm::TimeLine& line, double guaranteed, std::uint64_t written,
                    const OutputCycle& cycle, std::size_t frames) noexcept GECKO_NONBLOCKING {
    const auto sample_time = static_cast<std::uint64_t>(std::llround(cycle.sample_time));
    std::uint64_t position =
        static_cast<std::uint64_t>(std::llround(std::floor(guaranteed))) - margin_ - frames;
    if (resume_) {
        const std::int64_t waiting = distance(*resume_, written);
        const auto room = std::int64_t{ring_frames_} - 4 * static_cast<std::int64_t>(frames);
        const std::int64_t later = distance(*resume_, position);
        if (waiting >= 0 && waiting < room && later > 0) {
            position = *resume_;
        } else if (waiting >= room && later > 0) {
            missed_ = static_cast<std::uint64_t>(later);
        }
        resume_.reset();
    }
    if (set_) {
        const std::uint64_t old_position = sample_time + offset_;
        old_left_ = distance(old_position, line.start) > 0;
        old_offset_ = offset_;
        // Where more is left than the new time line's phase leaves room for, the new one follows on directly.
        if (old_left_ && distance(old_position, position) > 0) position = old_position;
    }
    const bool goes_on = known_ && line.start == time_line_start_;  // on another output, or with larger pulls
    begin_ = goes_on && distance(line.start, played_until_) > 0 ? played_until_ : line.start;
    offset_ = position - sample_time;
    time_line_start_ = line.start;
    target_ = guaranteed - static_cast<double>(distance(0, position)) - static_cast<double>(frames);
    set_distance_ = distance_to_clock(line, cycle);
    earliest_set_ = *earliest_;
    lead_set_ = line.lead;
    low_since_.reset();
    set_ = true;
}

double ReadPhase::distance_to_clock(const shm::TimeLine& line,
                                    const OutputCycle& cycle) const noexcept GECKO_NONBLOCKING {
    const auto sample_time = static_cast<std::uint64_t>(std::llround(cycle.sample_time));
    // A resampled or drifting output may have sample times between frames; the line is told for the exact one.
    const double past = cycle.sample_time - static_cast<double>(distance(0, sample_time));
    return line.clock.frame_at(static_cast<double>(cycle.host_time)) -
           (static_cast<double>(distance(0, sample_time + offset_)) + past);
}

ReadPlan ReadPhase::plan(const shm::ProducerState& state, const std::optional<shm::TimeLine>& line,
                         const OutputCycle& cycle, std::size_t frames) noexcept GECKO_NONBLOCKING {
    const ReadPlan silence{.silent_frames = frames, .position = state.position};
    if (known_ && state.generation != generation_) {
        generation_ = state.generation;
        discarded_ = true;
        set_ = false;  // what is to be resumed at, and what is known of the output, stays
        old_left_ = false;
        target_ = set_distance_ = drift_ = 0;
    }
    measured_ = false;
    if (!(std::abs(cycle.sample_time) < kFarthest)) return silence;
    const auto sample_time = static_cast<std::uint64_t>(std::llround(cycle.sample_time));

    const std::int64_t early = distance(cycle.host_time, cycle.now);
    earliest_ = earliest_ ? std::min(*earliest_, early) : early;
    // Larger pulls reach further: they need another phase, as another output does.
    if (frames > frames_) {
        frames_ = frames;
        set_ = false;
    }
    const double wake = static_cast<double>(cycle.host_time) + static_cast<double>(*earliest_);
    if (line && line->start != time_line_start_) unexplained_ = 0;
    const double guaranteed = line ? line->clock.frame_at(wake) + static_cast<double>(line->lead) -
                                         static_cast<double>(unexplained_)
                                   : 0.0;
    const bool believable = line && std::abs(guaranteed) < kFarthest &&
                            std::abs(line->clock.frame_at(static_cast<double>(cycle.host_time))) < kFarthest;

    missed_ = 0;
    const bool begins = believable && (!known_ || line->start != time_line_start_ || (!set_ && !discarded_));
    if (begins) {
        set(*line, guaranteed, state.position, cycle, frames);
        generation_ = state.generation;
        known_ = true;
        discarded_ = false;
    }
    if (!set_) return silence;
    if (believable && !begins) follow_promise(*line, cycle.now, state.position);

    ReadPlan plan;
    plan.begins = begins;
    plan.missed = missed_;
    plan.position = sample_time + offset_;
    plan.frames = frames;
    if (believable) {
        drift_ = distance_to_clock(*line, cycle) - set_distance_;
        measured_ = true;
    }

    // What is still before begin_ is silence: nothing of it is played.
    played_until_ = distance(begin_, plan.position + frames) > 0 ? plan.position + frames : begin_;
    const std::int64_t before = distance(plan.position, begin_);
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
