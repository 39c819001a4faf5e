#include "shm/ring_writer.hpp"

#include <algorithm>
#include <cstring>

namespace gecko::shm {
namespace {

constexpr std::uint64_t kLeadWindow = kZeroTimeStampPeriod;  // frames of P

}  // namespace

RingWriter::RingWriter(std::byte* segment, const Geometry& geometry) noexcept
    : view_(View::of(segment, geometry)), geometry_(geometry) {
    auto& out = view_.control->producer;
    out.complete_from.store(kNever, std::memory_order_relaxed);
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

void RingWriter::put(std::uint64_t position, const float* pcm,
                     std::uint64_t frames) noexcept GECKO_NONBLOCKING {
    const std::size_t ring = geometry_.samples();
    const std::size_t start = geometry_.index_of(position);
    const std::size_t samples = static_cast<std::size_t>(frames) * geometry_.channels();
    const std::size_t first = std::min(samples, ring - start);
    if (pcm != nullptr) {
        std::memcpy(view_.mix + start, pcm, first * sizeof(float));
        if (samples > first) std::memcpy(view_.mix, pcm + first, (samples - first) * sizeof(float));
    } else {
        std::memset(view_.mix + start, 0, first * sizeof(float));
        std::memset(view_.mix, 0, (samples - first) * sizeof(float));
    }
}

void RingWriter::write_mix(const MixCycle& cycle) noexcept GECKO_NONBLOCKING {
    if (cycle.frames == 0) return;
    const auto ring = static_cast<std::int64_t>(geometry_.frames());
    auto offset =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(cycle.sample_time) - base_ - position_);
    if (new_time_line_.load(std::memory_order_relaxed) || offset <= -ring || offset >= ring) {
        new_time_line_.store(false, std::memory_order_relaxed);
        begin_time_line(cycle.sample_time);
        offset = 0;
    }

    const float* pcm = cycle.pcm;
    std::uint64_t frames = cycle.frames;
    std::uint64_t hole = 0;
    if (offset < 0) {
        const auto late = static_cast<std::uint64_t>(-offset);
        if (late >= frames) return;
        pcm += late * geometry_.channels();
        frames -= late;
    } else {
        hole = static_cast<std::uint64_t>(offset);
    }
    const std::uint64_t end = position_ + hole + frames;
    if (frames > geometry_.frames()) {  // of a cycle longer than the ring only its end is kept
        pcm += (frames - geometry_.frames()) * geometry_.channels();
        frames = geometry_.frames();
    }
    const std::uint64_t start = end - frames;
    hole = std::min(hole, geometry_.frames() - frames);

    // Reserve before the first byte: a consumer that copied any byte of this cycle sees at least this
    // `reserved` behind its acquire fence, and so knows which frames it lost (Boehm, "Can seqlocks get along
    // with programming language memory models?", 2012, the fence version).
    auto& out = view_.control->producer;
    out.reserved.store(end, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    if (hole > 0) put(start - hole, nullptr, hole);
    put(start, pcm, frames);

    publish_time_line(cycle);
    position_ = end;
    out.position.store(end, std::memory_order_release);
    view_.header->write_head.store(geometry_.index_of(end), std::memory_order_release);
}

}  // namespace gecko::shm
