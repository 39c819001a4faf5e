#pragma once

#include <cstdint>

#include "rt/nonblocking.hpp"

namespace gecko::engine {

/// Frames from one position in a ring to another, negative if the other comes first. Positions are modulo 2^64.
/// Any thread.
constexpr std::int64_t distance(std::uint64_t from, std::uint64_t to) noexcept GECKO_NONBLOCKING {
    return static_cast<std::int64_t>(to - from);
}

}  // namespace gecko::engine
