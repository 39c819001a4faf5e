#include "minihal/system/real_time.hpp"

#include <ctime>

#include "minihal/system/ticks.hpp"

namespace minihal {

uint64_t real_time_ticks() noexcept {
    timespec now{};
    // CLOCK_MONOTONIC cannot fail, and all processors agree on it.
    clock_gettime(CLOCK_MONOTONIC, &now);
    return ticks_from_ns(static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U +
                         static_cast<uint64_t>(now.tv_nsec));
}

}  // namespace minihal
