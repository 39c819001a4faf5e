// A universal file holds a program for each kind of processor; a thin one is the program.
#pragma once

#include "minihal/macho/bytes.hpp"

namespace minihal::macho {

enum class Cpu { kX86_64, kArm64 };
#if defined(__aarch64__)
inline constexpr Cpu kThisCpu = Cpu::kArm64;
#else
inline constexpr Cpu kThisCpu = Cpu::kX86_64;
#endif

// By the first four bytes, whatever processor it is for.
bool has_magic(Bytes file) noexcept;

// The program for one kind of processor. The error names those that are there.
Result<Bytes> slice_for(Cpu cpu, Bytes file);

}  // namespace minihal::macho
