#pragma once

#include <chrono>

namespace gecko::platform::coreaudio {

/// Time on the host's clock (mach_absolute_time), which stands still while the machine sleeps.
using HostTime = std::chrono::nanoseconds;

/// Any thread.
HostTime host_now() noexcept;

}  // namespace gecko::platform::coreaudio
