// What the adapters have in common.
#pragma once

#include <cstdint>

#include "minihal/macho/provided.hpp"

namespace minihal::macho {

// Error numbers. Those that the other system does not have become EIO.
int darwin_error(int linux_error) noexcept;
int linux_error(int darwin_error) noexcept;

// Darwin's pages: 16 KiB on arm64, whatever Linux has.
inline constexpr std::uint64_t kDarwinPage = kThisCpu == Cpu::kArm64 ? 16384 : 4096;

}  // namespace minihal::macho
