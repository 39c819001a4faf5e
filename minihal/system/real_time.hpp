#pragma once

#include <cstdint>

namespace minihal {

// The machine's monotonic clock in ticks: the one place in minihal that reads real time. Any thread; on Linux no system call.
uint64_t real_time_ticks() noexcept;

}  // namespace minihal
