// Samples that tell where they belong.
#pragma once

#include <cstdint>

namespace minihal_test {

// White noise in [-0.25, 0.25): every sample of every seed is another one (bar one in millions), and two of them add up
// without rounding, so that a mix can be compared bit for bit.
inline float noise(uint64_t seed, uint64_t index) {
    uint64_t z = seed * 0x9E3779B97F4A7C15ULL + index * 0xD1B54A32D192ED03ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    return static_cast<float>(static_cast<int64_t>(z >> 42) - (1 << 21)) / static_cast<float>(1 << 23);
}

}  // namespace minihal_test
