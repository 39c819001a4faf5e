// What a program finds in libSystem without asking for it.
#include <array>
#include <cstdio>
#include <cstdlib>

#include "minihal/macho/darwin.hpp"

namespace minihal::macho {

namespace {

const std::uint64_t kStackGuard = 0x00A5'5A3C'C396'691EU;  // its first byte in a string ends it

[[noreturn]] void stack_is_broken() noexcept {
    std::fputs("a function of a plug-in wrote beyond its variables on the stack\n", stderr);
    std::abort();
}
[[noreturn]] void bind_late() noexcept {
    std::fputs("a plug-in's function was to be bound late, and all are bound at once\n", stderr);
    std::abort();
}
[[noreturn]] void assertion_failed(const char* function, const char* file, int line,
                                   const char* expression) noexcept {
    std::fprintf(stderr, "Assertion failed: (%s), function %s, file %s, line %d.\n", expression,
                 function != nullptr ? function : "?", file, line);
    std::abort();
}
int at_exit(void (*function)()) noexcept {
    return std::atexit(function);
}

}  // namespace

std::span<const Provided> provided_runtime() noexcept {
    static const std::array kTable = {
        entry("___stack_chk_guard", &kStackGuard),
        entry("___stack_chk_fail", &stack_is_broken),
        entry("dyld_stub_binder", &bind_late),
        entry("___assert_rtn", &assertion_failed),
        entry("_atexit", &at_exit),
    };
    return kTable;
}

}  // namespace minihal::macho
