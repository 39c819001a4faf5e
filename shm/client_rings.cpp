#include "shm/client_rings.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace gecko::shm {

ClientRings::ClientRings(const View& view, const Geometry& geometry) noexcept
    : out_(&view.control->producer),
      geometry_(geometry),
      samples_(view.clients),
      count_(geometry.client_rings()) {
    out_->complete_from.store(kNever, std::memory_order_relaxed);
}

std::size_t ClientRings::find(std::uint64_t registration) const noexcept GECKO_NONBLOCKING {
    for (std::size_t i = 0; i < count_; ++i)
        if (rings_[i].holder == registration && registration != 0) return i;
    return kNone;
}

bool ClientRings::take(const ClientIdentity& client, std::uint64_t position) noexcept GECKO_NONBLOCKING {
    // The one that is free longest; one that is only idle if none is free.
    const auto rank = [](const Ring& ring) noexcept GECKO_NONBLOCKING { return ring.holder != 0 ? 1 : 0; };
    std::size_t best = kNone;
    for (std::size_t i = 0; i < count_; ++i) {
        const Ring& ring = rings_[i];
        const bool fresh = ring.reserved == 0;
        if (!fresh && position - std::min(ring.reserved, position) < geometry_.frames()) continue;
        if (ring.played) continue;
        if (best == kNone || rank(ring) < rank(rings_[best]) ||
            (rank(ring) == rank(rings_[best]) && ring.reserved < rings_[best].reserved)) {
            best = i;
        }
    }
    if (best == kNone) return false;

    Ring& ring = rings_[best];
    ClientEntry& entry = out_->clients[best];
    ring.holder = client.registration;
    ring.start = ring.end = ring.valid = position;
    ring.sound_from = kNever;
    entry.start.store(position, std::memory_order_relaxed);  // empty, whatever end is

    const std::uint32_t sequence = entry.sequence.load(std::memory_order_relaxed) & ~1u;  // it is ours alone
    entry.sequence.store(sequence + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    entry.client_id.store(client.client_id, std::memory_order_relaxed);
    entry.process_id.store(client.process_id, std::memory_order_relaxed);
    const auto words = std::bit_cast<std::array<std::uint64_t, kBundleIdSize / 8>>(client.bundle_id);
    for (std::size_t i = 0; i < words.size(); ++i)
        entry.bundle_id[i].store(words[i], std::memory_order_relaxed);
    entry.sequence.store(sequence + 2, std::memory_order_release);
    return true;
}

/// Before the first byte of a write that ends at `until`: what the ring then no longer holds is lost to the consumer.
void ClientRings::reserve(Ring& ring, ClientEntry& entry, std::uint64_t until) noexcept GECKO_NONBLOCKING {
    if (ring.reserved > until) {
        // Bytes further on were written for a cycle that never was mixed. What they overwrote leaves the interval, and only then
        // does `reserved` come down: a consumer that sees it down looks at the start again.
        const std::uint64_t lost = overwritten(ring);
        if (lost > ring.start) {
            ring.start = lost;
            if (complete_from_ < std::min(lost, ring.end)) store_complete_from(std::min(lost, ring.end));
        }
        entry.start.store(ring.start, std::memory_order_relaxed);
        entry.reserved.store(until, std::memory_order_release);
    } else {
        entry.reserved.store(until, std::memory_order_relaxed);
    }
    ring.reserved = until;
    std::atomic_thread_fence(std::memory_order_release);
}

/// Frames before this one have been overwritten in the ring.
std::uint64_t ClientRings::overwritten(const Ring& ring) const noexcept GECKO_NONBLOCKING {
    return ring.reserved - std::min<std::uint64_t>(ring.reserved, geometry_.frames());
}

/// What was written further on than P has overwritten what the mix still has: before this frame the rings do not add up to it. 0 if
/// there is no such.
std::uint64_t ClientRings::overwritten_ahead_of(std::uint64_t position) const noexcept GECKO_NONBLOCKING {
    std::uint64_t lost = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const Ring& ring = rings_[i];
        if (ring.reserved > position) lost = std::max(lost, std::min(overwritten(ring), ring.end));
    }
    return lost;
}

/// What waits to be committed never will be.
void ClientRings::discard(Ring& ring) noexcept GECKO_NONBLOCKING {
    ring.valid = std::max(ring.end, ring.start);
    ring.sound_from = kNever;
}

/// Cycles are told apart by their time: one at another time than those who played before it shows that theirs never was mixed.
void ClientRings::begin_cycle(std::int64_t time) noexcept GECKO_NONBLOCKING {
    if (time != time_) forget_cycle();
    time_ = time;
}

void ClientRings::forget_cycle() noexcept GECKO_NONBLOCKING {
    for (Ring& ring : rings_) ring.played = false;
    played_ = lacking_ = false;
}

void ClientRings::write(std::uint64_t registration, std::int64_t time, std::uint64_t base,
                        std::uint64_t position, const float* pcm,
                        std::uint64_t frames) noexcept GECKO_NONBLOCKING {
    begin_cycle(time);
    const std::size_t index = find(registration);
    played_ = true;
    if (index == kNone) {
        lacking_ = true;
        return;
    }
    Ring& ring = rings_[index];
    // What was written for another time line is none of this one's.
    if (ring.base != base) discard(ring);
    ring.base = base;
    ring.played = true;
    if (frames == 0)
        return discard(ring);  // it is back in the past: what it wrote further on was for nothing

    ClientEntry& entry = out_->clients[index];
    const std::uint64_t until = position + frames;
    const Kept kept = Kept::of(pcm, frames, geometry_);
    const std::uint64_t first = until - kept.frames;
    reserve(ring, entry, until);

    PcmRing samples(samples_ + index * geometry_.samples(), geometry_);
    // Nothing waits or has been played that this follows on; or all that had been is overwritten.
    const bool empty = ring.valid <= ring.start || first <= ring.start;
    if (empty || (first > ring.valid && first - ring.valid >= geometry_.frames())) {
        ring.start = first;
        ring.sound_from = kNever;
        entry.start.store(first, std::memory_order_relaxed);
    } else if (first > ring.valid) {
        const std::uint64_t hole = std::min(first - ring.valid, geometry_.frames() - kept.frames);
        if (hole > 0) samples.put(first - hole, nullptr, hole);
    }
    samples.put(first, kept.pcm, kept.frames);
    ring.valid = until;
    ring.sound_from = std::min(ring.sound_from, first);
}

void ClientRings::commit(std::int64_t time, std::uint64_t base, std::uint64_t from, std::uint64_t sound,
                         std::uint64_t until, bool silent) noexcept GECKO_NONBLOCKING {
    begin_cycle(time);
    bool complete = (played_ || silent) && !lacking_;
    std::uint64_t complete_now = from;
    for (std::size_t i = 0; i < count_; ++i) {
        Ring& ring = rings_[i];
        const bool played = std::exchange(ring.played, false);
        if (ring.valid <= ring.end) continue;
        if (ring.base != base) {
            if (played) complete = false;  // it played at another time than the mix says
            discard(ring);
            continue;
        }
        // Where the mix is silent for want of a cycle, the ring still has what was meant for that cycle.
        if (ring.sound_from < sound) complete_now = std::max(complete_now, sound);
        ring.sound_from = ring.valid > until ? until : kNever;
        const std::uint64_t end = std::min(ring.valid, until);
        // Nor does the mix have what was meant for a cycle that never came, though another came in its place.
        if (!played) complete_now = std::max(complete_now, end);
        if (end <= ring.start || end <= ring.end) continue;
        ring.end = end;
        out_->clients[i].end.store(end, std::memory_order_release);
    }
    played_ = lacking_ = false;
    if (!complete) {
        store_complete_from(kNever);
        return;
    }
    // What has been complete stays so, but for what is in the rings no more and for what this cycle brought.
    const std::uint64_t before =
        complete_from_ != kNever && complete_now == from ? complete_from_ : complete_now;
    store_complete_from(std::max(before, overwritten_ahead_of(until)));
}

void ClientRings::drop_cycle(std::uint64_t position) noexcept GECKO_NONBLOCKING {
    if (complete_from_ != kNever)
        store_complete_from(std::max(complete_from_, overwritten_ahead_of(position)));
    forget_cycle();
}

void ClientRings::store_complete_from(std::uint64_t position) noexcept GECKO_NONBLOCKING {
    if (position == complete_from_) return;
    complete_from_ = position;
    out_->complete_from.store(position, std::memory_order_relaxed);
}

}  // namespace gecko::shm
