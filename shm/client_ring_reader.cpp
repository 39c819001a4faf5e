// The consumer's side of the client rings.
#include <algorithm>
#include <bit>

#include "shm/ring_reader.hpp"

namespace gecko::shm {

std::optional<Client> RingReader::client(std::uint32_t ring) const noexcept GECKO_NONBLOCKING {
    const ClientEntry& entry = view_.control->producer.clients[ring];
    const std::uint32_t before = entry.sequence.load(std::memory_order_acquire);
    Client client{.sequence = before,
                  .client_id = entry.client_id.load(std::memory_order_relaxed),
                  .process_id = entry.process_id.load(std::memory_order_relaxed)};
    std::array<std::uint64_t, kBundleIdSize / 8> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = entry.bundle_id[i].load(std::memory_order_relaxed);
    client.bundle_id = std::bit_cast<BundleId>(words);
    client.bundle_id.back() = '\0';
    std::atomic_thread_fence(std::memory_order_acquire);
    if (before % 2 != 0 || entry.sequence.load(std::memory_order_relaxed) != before) return std::nullopt;
    return client;
}

ClientCopy RingReader::copy_client(std::uint32_t ring, std::uint64_t position,
                                   std::span<float> out) const noexcept GECKO_NONBLOCKING {
    const ClientEntry& entry = view_.control->producer.clients[ring];
    const auto wanted = static_cast<std::int64_t>(out.size() / geometry_.channels());
    // From `position`; signed, and no further away than the block is long.
    const auto within = [&](std::uint64_t at) noexcept GECKO_NONBLOCKING {
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(at - position), 0, wanted);
    };
    // The end first: who sees a new end sees the start that belongs to it, or a later one, and what lies between them.
    const std::uint64_t client_end = entry.end.load(std::memory_order_acquire);
    const std::int64_t end = within(client_end);
    const std::int64_t begin = within(entry.start.load(std::memory_order_relaxed));
    if (end <= begin) return {};

    const auto block = [&](std::int64_t first) noexcept GECKO_NONBLOCKING {
        return out.subspan(static_cast<std::size_t>(first) * geometry_.channels(),
                           static_cast<std::size_t>(end - first) * geometry_.channels());
    };
    const float* pcm = view_.clients + std::size_t{ring} * geometry_.samples();
    const CopyResult got = copy_ring(pcm, entry.reserved, position + static_cast<std::uint64_t>(end),
                                     position + static_cast<std::uint64_t>(begin), block(begin));
    // The producer takes frames out of the interval before it lowers `reserved` below what it had written over them.
    const std::int64_t start = std::max(begin, within(entry.start.load(std::memory_order_relaxed)));
    const std::int64_t sound = std::max(start, begin + static_cast<std::int64_t>(got.overtaken));
    if (sound >= end) return {.overtaken = static_cast<std::size_t>(end - begin)};
    return {.begin = static_cast<std::size_t>(sound),
            .end = static_cast<std::size_t>(end),
            .overtaken = static_cast<std::size_t>(sound - begin)};
}

}  // namespace gecko::shm
