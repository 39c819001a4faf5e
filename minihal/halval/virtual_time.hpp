// The host clock of a check: it stands still unless the check moves it.
#pragma once

#include <cstdint>

namespace minihal::halval::virtual_time {

// From now on mach_absolute_time is this clock.
void begin();
std::uint64_t now();
void advance(std::uint64_t ticks);
void advance_seconds(double seconds);

}  // namespace minihal::halval::virtual_time
