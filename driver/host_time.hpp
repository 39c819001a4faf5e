#pragma once

#include <mach/mach_time.h>

#include <cstdint>

#include "rt/nonblocking.hpp"

namespace gecko::driver {

/// Now, in ticks of the host's clock. Any thread, the IO thread included.
///
/// mach_absolute_time reads the processor's counter and a page that the kernel maps into every process: it
/// neither locks nor enters the kernel. Its declaration cannot say so; this is the one place that vouches.
inline std::uint64_t host_time_now() noexcept GECKO_NONBLOCKING {
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wfunction-effects"
#endif
    return ::mach_absolute_time();
#if defined(__clang__)
#pragma clang diagnostic pop
#endif
}

/// Ticks of the host's clock in a second. Control threads.
inline double host_ticks_per_second() noexcept {
    mach_timebase_info_data_t base{};
    if (::mach_timebase_info(&base) != KERN_SUCCESS || base.numer == 0) return 1e9;
    return 1e9 * static_cast<double>(base.denom) / static_cast<double>(base.numer);
}

}  // namespace gecko::driver
