#include "ring_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace gecko::simulation {
namespace {

/// Bit for bit, but for the sign of zeroes.
bool same(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (a == 0.0f && b == 0.0f);
}

}  // namespace

bool RingCheck::read_owners(const shm::RingReader& ring) {
    bool changed = false;
    for (std::uint32_t i = 0; i < owners_.size(); ++i) {
        if (!ring.client_changed(i, owners_[i].sequence)) continue;
        const auto client = ring.client(i);
        if (!client) return false;
        owners_[i] = *client;
        changed = true;
    }
    if (!changed) return true;
    order_.clear();
    for (std::uint32_t i = 0; i < owners_.size(); ++i)
        if (owners_[i].sequence != 0) order_.push_back(i);
    // One client can have two rings, the older of which has nothing left to add.
    std::ranges::sort(order_, {}, [&](std::uint32_t i) { return std::pair(owners_[i].client_id, i); });
    return true;
}

std::string RingCheck::look(const shm::RingReader& ring, std::span<const Part> parts) {
    const std::uint64_t position = ring.state().position;
    const std::uint64_t before = std::exchange(position_, position);
    const std::size_t frames = parts.front().pcm.size() / 2;
    if (position - before < frames) return {};  // the driver does not play into this segment
    if (!read_owners(ring)) return "a ring has no owner that can be read";
    if (std::string wrong = look_at_parts(ring, parts, position - frames); !wrong.empty()) return wrong;

    const std::uint64_t oldest = position - std::min<std::uint64_t>(position, ring.geometry().frames());
    const std::uint64_t complete_from = ring.complete_from();
    if (complete_from > position && complete_from != shm::kNever) return "complete_from is behind P";
    if (complete_from > position) return {};
    complete_ += position - std::max(complete_from, before);
    const std::uint64_t first = std::max({oldest, complete_from, before});
    if (std::string wrong = look_at_sum(ring, first, position - first); !wrong.empty()) return wrong;
    // And somewhere in what has been there for longer.
    const std::uint64_t start = std::max(oldest, complete_from);
    if (start >= first) return {};
    const std::uint64_t from = start + random_.below(first - start);
    return look_at_sum(ring, from, std::min<std::size_t>(first - from, 64));
}

std::string RingCheck::look_at_parts(const shm::RingReader& ring, std::span<const Part> parts,
                                     std::uint64_t from) {
    const std::size_t frames = parts.front().pcm.size() / 2;
    const auto window = static_cast<std::size_t>(std::min<std::uint64_t>(frames, ring.geometry().frames()));
    std::size_t found = 0;
    for (const std::uint32_t i : order_) {
        if (ring.client_end(i) <= from + frames - window) continue;
        const shm::Client* client = &owners_[i];
        one_.resize(2 * window);
        const shm::ClientCopy got = ring.copy_client(i, from + frames - window, one_);
        if (got.end == 0) continue;
        const auto is_its = [&](const Part& part) {
            return part.client->id == client->client_id &&
                   static_cast<std::uint32_t>(part.client->pid) == client->process_id &&
                   part.client->bundle_id == client->bundle_id.data();
        };
        const auto part = std::ranges::find_if(parts, is_its);
        if (part == parts.end())
            return fmt::format(
                "ring {} of client {}, which does not play, has frames {} to {} of the last {}", i,
                client->client_id, got.begin, got.end, window);
        if (got.begin != 0 || got.end != window)
            return fmt::format("ring {} of client {} has only frames {} to {} of {}", i, client->client_id,
                               got.begin, got.end, window);
        if (!std::ranges::equal(one_, part->pcm.last(2 * window), same))
            return fmt::format("ring {} of client {} has not what it played", i, client->client_id);
        ++found;
    }
    const bool complete = ring.complete_from() <= from;
    if (complete != (found == parts.size()))
        return fmt::format("complete_from is {} at {}, {} of {} clients have a ring", ring.complete_from(),
                           from, found, parts.size());
    return {};
}

std::string RingCheck::look_at_sum(const shm::RingReader& ring, std::uint64_t from, std::size_t frames) {
    mix_.resize(2 * frames);
    if (ring.copy(from, mix_).overtaken > 0) return "the mix is overwritten already";
    sum_.assign(2 * frames, -0.0f);
    one_.resize(2 * frames);
    for (const std::uint32_t i : order_) {
        if (ring.client_end(i) <= from) continue;
        const shm::ClientCopy got = ring.copy_client(i, from, one_);
        for (std::size_t k = 2 * got.begin; k < 2 * got.end; ++k) sum_[k] += one_[k];
    }
    const auto [wrong, in_mix] = std::ranges::mismatch(sum_, mix_, same);
    if (wrong == sum_.end()) return {};
    return fmt::format(
        "the clients' rings add up to {} where the mix has {}, at frame {} of P, complete from {}", *wrong,
        *in_mix, from + static_cast<std::uint64_t>(wrong - sum_.begin()) / 2, ring.complete_from());
}

}  // namespace gecko::simulation
