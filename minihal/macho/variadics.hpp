// Functions with variable arguments, between the program's way to pass them and Linux's. On x86-64 there is one way. On arm64 Apple
// passes them all on the stack, in 8 bytes each, and a va_list is a pointer there.
#pragma once

#include <cstdarg>

#include "minihal/macho/darwin.hpp"

namespace minihal::macho {

#if defined(__aarch64__)
using DarwinArguments = void*;
#else
using DarwinArguments = std::va_list;
#endif

// The mode is there or not; where it is not, it is anything.
extern "C" int minihal_darwin_open(const char* path, int flags, unsigned mode);
extern "C" int minihal_darwin_shm_open(const char* name, int flags, unsigned mode);

}  // namespace minihal::macho
