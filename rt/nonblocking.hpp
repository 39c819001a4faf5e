#pragma once

/// GECKO_NONBLOCKING marks a function of the IO path: it may not allocate, lock, call the system, throw or
/// block.
///
/// Write it behind `noexcept`: `void render(std::span<float> out) noexcept GECKO_NONBLOCKING;`
/// Clang 20 and later hold the function and all it calls to the promise, when compiling (-Wfunction-effects)
/// and when running (RealtimeSanitizer). Other compilers see nothing.
#if defined(__clang__) && defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::nonblocking)
#define GECKO_NONBLOCKING [[clang::nonblocking]]
#endif
#endif
#ifndef GECKO_NONBLOCKING
#define GECKO_NONBLOCKING
#endif
