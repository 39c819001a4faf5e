#include "shm/ring_writer.hpp"

#include <algorithm>

namespace gecko::shm {
namespace {

constexpr std::uint64_t kLeadWindow = kZeroTimeStampPeriod;  // frames of P

bool is_silence(const float* samples, std::uint64_t count) noexcept GECKO_NONBLOCKING {
    for (std::uint64_t i = 0; i < count; ++i)
        if (samples[i] != 0.0f) return false;
    return true;
}

}  // namespace

RingWriter::RingWriter(std::byte* segment, const Geometry& geometry) noexcept
    : view_(View::of(segment, geometry)),
      geometry_(geometry),
      mix_(view_.mix, geometry),
      clients_(view_, geometry) {
    auto& out = view_.control->producer;
    out.reserved.store(0, std::memory_order_relaxed);
    out.position.store(0, std::memory_order_relaxed);
    view_.header->write_head.store(0, std::memory_order_relaxed);
}

void RingWriter::expect_new_time_line() noexcept {
    view_.control->producer.line_known.store(0, std::memory_order_relaxed);
    new_time_line_.store(true, std::memory_order_relaxed);
}

void RingWriter::set_running(bool running) noexcept {
    view_.control->producer.running.store(running ? 1 : 0, std::memory_order_relaxed);
}

void RingWriter::set_rate(std::uint32_t hz) noexcept {
    view_.header->sample_rate.store(hz, std::memory_order_relaxed);
}

void RingWriter::change_rate(std::uint32_t hz) noexcept {
    set_rate(hz);
    view_.control->producer.generation.store(++generation_, std::memory_order_release);
    expect_new_time_line();
}

void RingWriter::set_volume(float gain, bool muted) noexcept {
    view_.control->producer.volume.store(gain, std::memory_order_relaxed);
    view_.control->producer.mute.store(muted ? 1 : 0, std::memory_order_relaxed);
}

void RingWriter::begin_time_line(std::int64_t sample_time) noexcept GECKO_NONBLOCKING {
    base_ = static_cast<std::uint64_t>(sample_time) - position_;
    time_line_start_ = position_;
    leads_.fill(UINT32_MAX);
    lead_window_ = position_ + kLeadWindow;
    published_ = false;
}

/// A host that wakes late in one cycle has less lead in it. What the consumer can rely on is the least seen lately: a cycle
/// that was late once is no reason to read that much later for ever.
void RingWriter::follow_lead(std::uint32_t lead) noexcept GECKO_NONBLOCKING {
    if (position_ >= lead_window_) {
        leads_ = {UINT32_MAX, leads_[0]};
        lead_window_ = position_ + kLeadWindow;
    }
    leads_[0] = std::min(leads_[0], lead);
    lead_ = std::min({leads_[0], leads_[1], geometry_.frames()});
}

void RingWriter::publish_time_line(const MixCycle& cycle) noexcept GECKO_NONBLOCKING {
    ClockLine clock = cycle.clock;
    clock.anchor_frame =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(cycle.clock.anchor_frame) - base_);
    const std::uint32_t lead_before = lead_;
    follow_lead(cycle.lead);
    if (published_ && clock == clock_ && lead_ == lead_before) return;
    clock_ = clock;
    published_ = true;

    auto& cell = view_.control->producer.time_line;
    cell.sequence.store(++time_line_sequence_, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    cell.lead.store(lead_, std::memory_order_relaxed);
    cell.start.store(time_line_start_, std::memory_order_relaxed);
    cell.anchor_position.store(clock.anchor_frame, std::memory_order_relaxed);
    cell.anchor_host_time.store(clock.anchor_host_time, std::memory_order_relaxed);
    cell.ticks_per_frame.store(clock.ticks_per_frame, std::memory_order_relaxed);
    cell.sequence.store(++time_line_sequence_, std::memory_order_release);
    // Relaxed: whoever sees it is held to the cell's new sequence by the cell's own fences.
    view_.control->producer.line_known.store(1, std::memory_order_relaxed);
}

RingWriter::Place RingWriter::place(std::int64_t sample_time) const noexcept GECKO_NONBLOCKING {
    const auto ring = static_cast<std::int64_t>(geometry_.frames());
    const auto time = static_cast<std::uint64_t>(sample_time);
    const auto offset = static_cast<std::int64_t>(time - base_ - position_);
    if (!new_time_line_.load(std::memory_order_relaxed) && offset > -ring && offset < ring)
        return {.base = base_, .offset = offset, .begins = false};
    return {.base = time - position_, .offset = 0, .begins = true};
}

void RingWriter::write_client(std::uint64_t registration,
                              const ClientCycle& cycle) noexcept GECKO_NONBLOCKING {
    fresh_ = false;
    if (cycle.frames == 0) return;
    const Place place = this->place(cycle.sample_time);
    const auto late = std::min<std::uint64_t>(
        cycle.frames, static_cast<std::uint64_t>(std::max<std::int64_t>(-place.offset, 0)));
    const auto hole = static_cast<std::uint64_t>(std::max<std::int64_t>(place.offset, 0));
    clients_.write(registration, cycle.sample_time, place.base, position_ + hole,
                   cycle.pcm + late * geometry_.channels(), cycle.frames - late);
}

void RingWriter::write_mix(const MixCycle& cycle) noexcept GECKO_NONBLOCKING {
    fresh_ = false;
    if (cycle.frames == 0) return;
    const Place place = this->place(cycle.sample_time);
    if (place.begins) {
        new_time_line_.store(false, std::memory_order_relaxed);
        begin_time_line(cycle.sample_time);
    }

    const float* pcm = cycle.pcm;
    std::uint64_t frames = cycle.frames;
    std::uint64_t hole = 0;
    if (place.offset < 0) {
        const auto late = static_cast<std::uint64_t>(-place.offset);
        if (late >= frames) return clients_.drop_cycle(position_);
        pcm += late * geometry_.channels();
        frames -= late;
    } else {
        hole = static_cast<std::uint64_t>(place.offset);
    }
    const std::uint64_t sound = position_ + hole;
    const std::uint64_t end = sound + frames;
    const Kept kept = Kept::of(pcm, frames, geometry_);
    const std::uint64_t start = end - kept.frames;
    hole = std::min(hole, geometry_.frames() - kept.frames);

    // Reserve before the first byte: a consumer that copied any byte of this cycle sees at least this
    // `reserved` behind its acquire fence, and so knows which frames it lost (Boehm, "Can seqlocks get along
    // with programming language memory models?", 2012, the fence version).
    auto& out = view_.control->producer;
    out.reserved.store(end, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    if (hole > 0) mix_.put(start - hole, nullptr, hole);
    mix_.put(start, kept.pcm, kept.frames);

    const bool silent =
        !clients_.played(cycle.sample_time) && is_silence(kept.pcm, kept.frames * geometry_.channels());
    clients_.commit(cycle.sample_time, base_, position_, sound, end, silent);
    publish_time_line(cycle);
    position_ = end;
    out.position.store(end, std::memory_order_release);
    view_.header->write_head.store(geometry_.index_of(end), std::memory_order_release);
}

}  // namespace gecko::shm
