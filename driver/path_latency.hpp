#pragma once

#include <cstdint>

namespace gecko::driver {

/// The latency of the app's path, as 'glat' tells it: what is counted in frames whatever the rate is (buffers), and what is a time (the
/// room that reading leaves), so that a change of rate makes it another number of frames without anybody's stopping IO for it.
struct PathLatency {
    std::uint32_t frames = 0;
    std::uint32_t microseconds = 0;

    /// Frames at a rate in Hz.
    [[nodiscard]] constexpr std::uint64_t at(std::uint32_t rate) const noexcept {
        return frames + (std::uint64_t{microseconds} * rate + 999'999) / 1'000'000;
    }
    /// As one number, for an atomic and for a change action.
    [[nodiscard]] constexpr std::uint64_t packed() const noexcept {
        return std::uint64_t{microseconds} << 32 | frames;
    }
    static constexpr PathLatency of(std::uint64_t packed) noexcept {
        return {.frames = static_cast<std::uint32_t>(packed),
                .microseconds = static_cast<std::uint32_t>(packed >> 32)};
    }
    friend bool operator==(const PathLatency&, const PathLatency&) = default;
};

}  // namespace gecko::driver
