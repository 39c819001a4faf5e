#include "shm/ring_reader.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace gecko::shm {
namespace {

/// Host ticks a frame of any clock that can be: a counter of 1 MHz to 10 GHz, rates of 1 kHz to 1 MHz.
constexpr double kLeastTicks = 0.5;
constexpr double kMostTicks = 2e7;

/// The one copy that may run while the producer writes the same bytes. What it copied is believed only after
/// `reserved` has been read behind an acquire fence; torn frames are thrown away there. ThreadSanitizer is
/// told of this name and no other (tests/tsan.supp).
[[gnu::noinline]] void racy_copy(float* to, const float* from,
                                 std::size_t samples) noexcept GECKO_NONBLOCKING {
    std::memcpy(to, from, samples * sizeof(float));
}

}  // namespace

RingReader::RingReader(std::byte* segment, const Geometry& geometry) noexcept
    : view_(View::of(segment, geometry)), geometry_(geometry) {}

ProducerState RingReader::state() const noexcept GECKO_NONBLOCKING {
    const auto& in = view_.control->producer;
    ProducerState state{};
    // Generation before rate: whoever sees a generation sees its rate. The rest are values of their own.
    state.generation = in.generation.load(std::memory_order_acquire);
    state.rate = view_.header->sample_rate.load(std::memory_order_relaxed);
    state.position = in.position.load(std::memory_order_acquire);
    state.running = in.running.load(std::memory_order_relaxed) == 1;
    const float volume = in.volume.load(std::memory_order_relaxed);
    state.volume = volume >= 0.0f && volume <= 1.0f ? volume : 1.0f;
    state.muted = in.mute.load(std::memory_order_relaxed) == 1;
    return state;
}

std::optional<TimeLine> RingReader::time_line() const noexcept GECKO_NONBLOCKING {
    if (view_.control->producer.line_known.load(std::memory_order_relaxed) != 1) return std::nullopt;
    const auto& cell = view_.control->producer.time_line;
    for (int tries = 0; tries < 4; ++tries) {
        const std::uint32_t before = cell.sequence.load(std::memory_order_acquire);
        TimeLine line{};
        line.start = cell.start.load(std::memory_order_relaxed);
        line.lead = cell.lead.load(std::memory_order_relaxed);
        line.clock.anchor_frame = cell.anchor_position.load(std::memory_order_relaxed);
        line.clock.anchor_host_time = cell.anchor_host_time.load(std::memory_order_relaxed);
        line.clock.ticks_per_frame = cell.ticks_per_frame.load(std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_acquire);
        if (before % 2 != 0 || cell.sequence.load(std::memory_order_relaxed) != before) continue;
        const bool sane = before != 0 && line.lead <= geometry_.frames() &&
                          std::isfinite(line.clock.anchor_host_time) &&
                          line.clock.ticks_per_frame > kLeastTicks && line.clock.ticks_per_frame < kMostTicks;
        if (!sane) return std::nullopt;
        return line;
    }
    return std::nullopt;
}

CopyResult RingReader::copy_ring(const float* pcm, const std::atomic<std::uint64_t>& reserved_end,
                                 std::uint64_t written, std::uint64_t position,
                                 std::span<float> out) const noexcept GECKO_NONBLOCKING {
    const std::size_t channels = geometry_.channels();
    const std::size_t wanted = out.size() / channels;
    // Differences modulo 2^64 read as signed: a P that jumps anywhere is either "not there yet" or "long
    // gone".
    const auto ahead = static_cast<std::int64_t>(written - position);
    const std::size_t take = ahead <= 0 ? 0 : std::min(wanted, static_cast<std::size_t>(ahead));

    // Frames more than a ring behind P are gone for sure: P never passes `reserved`.
    const auto ring = static_cast<std::int64_t>(geometry_.frames());
    const std::size_t gone = ahead <= ring ? 0 : std::min(take, static_cast<std::size_t>(ahead - ring));

    CopyResult result{.overtaken = gone, .late = wanted - take};
    if (take > gone) {
        const std::size_t start = geometry_.index_of(position + gone);
        const std::size_t samples = (take - gone) * channels;
        const std::size_t first = std::min<std::size_t>(samples, geometry_.samples() - start);
        float* to = out.data() + gone * channels;
        racy_copy(to, pcm + start, first);
        racy_copy(to + first, pcm, samples - first);
        std::atomic_thread_fence(std::memory_order_acquire);
        const std::uint64_t reserved = reserved_end.load(std::memory_order_acquire);
        const auto overwritten = static_cast<std::int64_t>(reserved - geometry_.frames() - position);
        if (overwritten > 0) {
            result.overtaken = std::max(gone, std::min(take, static_cast<std::size_t>(overwritten)));
        }
    }
    return result;
}

CopyResult RingReader::copy(std::uint64_t position, std::span<float> out) const noexcept GECKO_NONBLOCKING {
    const std::size_t channels = geometry_.channels();
    const std::uint64_t written = view_.control->producer.position.load(std::memory_order_acquire);
    const CopyResult result = copy_ring(view_.mix, view_.control->producer.reserved, written, position, out);
    std::fill_n(out.begin(), result.overtaken * channels, 0.0f);
    std::fill_n(out.rbegin(), result.late * channels, 0.0f);
    return result;
}

void RingReader::set_read_position(std::uint64_t position) noexcept GECKO_NONBLOCKING {
    view_.header->read_head.store(geometry_.index_of(position), std::memory_order_relaxed);
}

void RingReader::report_pull(std::uint64_t host_time, std::uint64_t overtaken,
                             std::uint64_t underrun) noexcept GECKO_NONBLOCKING {
    auto& out = view_.control->consumer;
    out.pulled.store(host_time, std::memory_order_relaxed);
    if (overtaken > 0) out.overtaken_frames.fetch_add(overtaken, std::memory_order_relaxed);
    if (underrun > 0) out.underrun_frames.fetch_add(underrun, std::memory_order_relaxed);
}

void RingReader::ask_steering(double ppm) noexcept GECKO_NONBLOCKING {
    view_.control->consumer.steering.store(ppm, std::memory_order_relaxed);
}

}  // namespace gecko::shm
