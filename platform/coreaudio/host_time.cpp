#include "platform/coreaudio/host_time.hpp"

#include <mach/mach_time.h>

namespace gecko::platform::coreaudio {

HostTime host_now() noexcept {
    static const mach_timebase_info_data_t timebase = [] {
        mach_timebase_info_data_t info{};
        mach_timebase_info(&info);
        return info;
    }();
    // Apart, so that the product stays within 64 bits.
    const std::uint64_t ticks = mach_absolute_time();
    const std::uint64_t whole = ticks / timebase.denom * timebase.numer;
    const std::uint64_t part = ticks % timebase.denom * timebase.numer / timebase.denom;
    return HostTime(static_cast<HostTime::rep>(whole + part));
}

}  // namespace gecko::platform::coreaudio
