#include <CoreAudio/HostTime.h>
#include <mach/mach_time.h>

#include "minihal/system/ticks.hpp"

UInt64 AudioGetCurrentHostTime() {
    return mach_absolute_time();
}

Float64 AudioGetHostClockFrequency() {
    return static_cast<Float64>(minihal::kTicksPerSecond);
}

UInt64 AudioConvertHostTimeToNanos(UInt64 inHostTime) {
    return minihal::ns_from_ticks(inHostTime);
}

UInt64 AudioConvertNanosToHostTime(UInt64 inNanos) {
    return minihal::ticks_from_ns(inNanos);
}
