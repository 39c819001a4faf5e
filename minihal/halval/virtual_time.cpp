#include "minihal/halval/virtual_time.hpp"

#include <atomic>

#include "minihal/system/host_clock.hpp"
#include "minihal/system/ticks.hpp"

namespace minihal::halval::virtual_time {

namespace {
// A machine that has been on for some time.
constinit std::atomic<std::uint64_t> clock_now{1'000 * kTicksPerSecond};
}  // namespace

void begin() {
    set_virtual_clock(&now);
}

std::uint64_t now() {
    return clock_now.load(std::memory_order_relaxed);
}

void advance(std::uint64_t ticks) {
    clock_now.fetch_add(ticks, std::memory_order_relaxed);
}

void advance_seconds(double seconds) {
    advance(static_cast<std::uint64_t>(seconds * static_cast<double>(kTicksPerSecond)));
}

}  // namespace minihal::halval::virtual_time
