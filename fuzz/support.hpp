#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>

#include "shm/layout.hpp"

/// What the targets have in common: values that break things, a peer that writes them, and a way to fail.
namespace gecko::fuzz {

/// Ends the program, and so finds something, unless `holds`.
inline void require(bool holds, const char* statement) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", statement);
    std::abort();
}

inline bool all_finite(std::span<const float> samples) {
    for (const float sample : samples)
        if (!std::isfinite(sample)) return false;
    return true;
}

/// Whole numbers: at the limits, near `near`, or any.
inline std::uint64_t whole(FuzzedDataProvider& bytes, std::uint64_t near = 0) {
    switch (bytes.ConsumeIntegralInRange(0, 5)) {
        case 0:
            return near + bytes.ConsumeIntegral<std::uint8_t>();
        case 1:
            return near - bytes.ConsumeIntegral<std::uint8_t>();
        case 2:
            return near + static_cast<std::uint64_t>(bytes.ConsumeIntegral<std::int32_t>());
        case 3:
            return std::uint64_t{1} << bytes.ConsumeIntegralInRange(0, 63);
        case 4:
            return ~std::uint64_t{0} - bytes.ConsumeIntegral<std::uint8_t>();
        default:
            return bytes.ConsumeIntegral<std::uint64_t>();
    }
}

/// Real numbers: NaN, infinities, the largest, the smallest, near `near`, or any bits.
inline double real(FuzzedDataProvider& bytes, double near = 0) {
    using Limits = std::numeric_limits<double>;
    constexpr std::array kOdd = {0.0,
                                 -0.0,
                                 1.0,
                                 Limits::quiet_NaN(),
                                 Limits::infinity(),
                                 -Limits::infinity(),
                                 Limits::max(),
                                 -1e300,
                                 1e300,
                                 1e-300,
                                 Limits::denorm_min(),
                                 9e15,
                                 9.3e18,
                                 1.9e19};
    switch (bytes.ConsumeIntegralInRange(0, 3)) {
        case 0:
            return bytes.PickValueInArray(kOdd);
        case 1:
            return near + bytes.ConsumeIntegral<std::int16_t>();
        case 2:
            return near + bytes.ConsumeFloatingPointInRange(-1e6, 1e6);
        default:
            return std::bit_cast<double>(bytes.ConsumeIntegral<std::uint64_t>());
    }
}

/// Writes something into a field of header or control block, whoever it belongs to.
inline void scribble(const shm::View& view, FuzzedDataProvider& bytes) {
    constexpr auto kRelaxed = std::memory_order_relaxed;
    shm::Header& header = *view.header;
    shm::ProducerBlock& producer = view.control->producer;
    shm::ConsumerBlock& consumer = view.control->consumer;
    shm::TimeLineCell& line = producer.time_line;
    const std::uint64_t position = producer.position.load(kRelaxed);
    const auto word = [&] { return static_cast<std::uint32_t>(whole(bytes)); };
    switch (bytes.ConsumeIntegralInRange(0, 26)) {
        case 0:
            header.write_head.store(word(), kRelaxed);
            break;
        case 1:
            header.read_head.store(word(), kRelaxed);
            break;
        case 2:
            header.buffer_size = word();
            break;
        case 3:
            header.channels = word();
            break;
        case 4:
            header.sample_rate.store(bytes.ConsumeBool() ? 48'000 : word(), kRelaxed);
            break;
        case 5:
            view.control->identity.magic.store(word(), kRelaxed);
            break;
        case 6:
            view.control->identity.version = word();
            break;
        case 7:
            view.control->identity.frames = word();
            break;
        case 8:
            view.control->identity.channels = word();
            break;
        case 9:
            producer.reserved.store(whole(bytes, position), kRelaxed);
            break;
        case 10:
            producer.position.store(whole(bytes, position), kRelaxed);
            break;
        case 11:
            producer.complete_from.store(whole(bytes, position), kRelaxed);
            break;
        case 12:
            producer.generation.store(word(), kRelaxed);
            break;
        case 13:
            producer.running.store(bytes.ConsumeBool() ? 1 : word(), kRelaxed);
            break;
        case 14:
            producer.volume.store(static_cast<float>(real(bytes)), kRelaxed);
            break;
        case 15:
            producer.mute.store(word(), kRelaxed);
            break;
        case 16:
            line.sequence.store(bytes.ConsumeBool() ? 2 : word(), kRelaxed);
            break;
        case 17:
            line.lead.store(word(), kRelaxed);
            break;
        case 18:
            line.start.store(whole(bytes, position), kRelaxed);
            break;
        case 19:
            line.anchor_position.store(static_cast<std::int64_t>(whole(bytes, position)), kRelaxed);
            break;
        case 20:
            line.anchor_host_time.store(real(bytes, 1e9), kRelaxed);
            break;
        case 21:
            line.ticks_per_frame.store(bytes.ConsumeBool() ? 500.0 : real(bytes), kRelaxed);
            break;
        case 22:
            consumer.alive.store(whole(bytes, 1'000'000'000), kRelaxed);
            break;
        case 23:
            consumer.pulled.store(whole(bytes, 1'000'000'000), kRelaxed);
            break;
        case 24:
            consumer.steering.store(real(bytes), kRelaxed);
            break;
        case 25:
            producer.line_known.store(bytes.ConsumeBool() ? 1 : word(), kRelaxed);
            break;
        default: {
            auto& client =
                producer.clients[bytes.ConsumeIntegralInRange<std::size_t>(0, shm::kClientRings - 1)];
            if (bytes.ConsumeBool()) {
                client.start.store(whole(bytes, position), kRelaxed);
                client.end.store(whole(bytes, position), kRelaxed);
                client.reserved.store(whole(bytes, position), kRelaxed);
            } else {
                client.sequence.store(bytes.ConsumeBool() ? 2 : word(), kRelaxed);
                client.client_id.store(bytes.ConsumeIntegral<std::uint8_t>(), kRelaxed);
                client.process_id.store(bytes.ConsumeIntegralInRange<std::uint32_t>(0, 4), kRelaxed);
                client.bundle_id[bytes.ConsumeIntegralInRange<std::size_t>(0, client.bundle_id.size() - 1)]
                    .store(bytes.ConsumeBool() ? 'a' : whole(bytes), kRelaxed);
            }
        }
    }
}

/// A run of a target that does one thing after the other, as the bytes say: what LLVMFuzzerTestOneInput returns.
template <class Session>
int run_session(const std::uint8_t* data, std::size_t size, int most_steps) {
    FuzzedDataProvider bytes(data, size);
    Session session(bytes);
    for (int step = 0; step < most_steps && bytes.remaining_bytes() > 0; ++step) session.step();
    return 0;
}

}  // namespace gecko::fuzz
