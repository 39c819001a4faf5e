#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace gecko::driver {

inline constexpr std::uint32_t kChannels = 2;
inline constexpr std::array<std::uint32_t, 12> kRates = {
    8'000, 16'000, 24'000, 32'000, 44'100, 48'000, 88'200, 96'000, 176'400, 192'000, 352'800, 384'000};  // Hz
inline constexpr std::uint32_t kFirstRate = 48'000;                                                      // Hz

/// The nominal rate in Hz, if it is one of the device's, exactly. Any value is safe.
constexpr std::optional<std::uint32_t> supported_rate(double hz) noexcept {
    for (const std::uint32_t rate : kRates)
        if (static_cast<double>(rate) == hz) return rate;
    return std::nullopt;
}

}  // namespace gecko::driver
