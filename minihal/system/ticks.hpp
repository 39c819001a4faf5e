// Mach ticks: 24 MHz, as on Apple silicon, so that ticks mistaken for nanoseconds show.
#pragma once

#include <cstdint>

namespace minihal {

// A tick lasts kTimebaseNumerator / kTimebaseDenominator ns.
inline constexpr uint32_t kTimebaseNumerator = 125;
inline constexpr uint32_t kTimebaseDenominator = 3;
inline constexpr uint64_t kTicksPerSecond = 24'000'000;

// Both round down, and are exact for every value whose result fits: the product is never formed whole.
constexpr uint64_t ticks_from_ns(uint64_t ns) noexcept {
    return ns / kTimebaseNumerator * kTimebaseDenominator +
           ns % kTimebaseNumerator * kTimebaseDenominator / kTimebaseNumerator;
}
constexpr uint64_t ns_from_ticks(uint64_t ticks) noexcept {
    return ticks / kTimebaseDenominator * kTimebaseNumerator +
           ticks % kTimebaseDenominator * kTimebaseNumerator / kTimebaseDenominator;
}

}  // namespace minihal
