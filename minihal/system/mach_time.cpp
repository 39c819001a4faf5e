#include <mach/mach_time.h>

#include "minihal/system/host_clock.hpp"
#include "minihal/system/ticks.hpp"

extern "C" {

kern_return_t mach_timebase_info(mach_timebase_info_t info) {
    info->numer = minihal::kTimebaseNumerator;
    info->denom = minihal::kTimebaseDenominator;
    return KERN_SUCCESS;
}

uint64_t mach_absolute_time() {
    return minihal::host_clock_now();
}

}  // extern "C"
