// What the tests of the host clock measure with.
#pragma once

#include <mach/mach_time.h>

#include <atomic>
#include <cstdint>
#include <ctime>

#include "minihal/system/ticks.hpp"

// Real time in ticks, read here apart from what is tested.
inline uint64_t real_ticks() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return minihal::ticks_from_ns(static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U +
                                  static_cast<uint64_t>(now.tv_nsec));
}

inline void pass_real_time(uint64_t ticks) {
    const uint64_t end = real_ticks() + ticks;
    while (real_ticks() < end) {
    }
}

inline constexpr uint64_t kMillisecond = minihal::kTicksPerSecond / 1000;

// The latest reading of the clock that any of several readers has published.
struct LatestReading {
    std::atomic<uint64_t> ticks{0};

    // Reads the clock: false when it is earlier than what somebody has read before.
    bool read() {
        const uint64_t published = ticks.load();
        const uint64_t now = mach_absolute_time();
        if (now < published) return false;
        uint64_t latest = published;
        while (latest < now && !ticks.compare_exchange_weak(latest, now)) {
        }
        return true;
    }
};
