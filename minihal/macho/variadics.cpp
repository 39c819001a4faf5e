#include "minihal/macho/variadics.hpp"

#include <CoreFoundation/CoreFoundation.h>
#include <syslog.h>

#include <array>
#include <cstdio>
#include <cstring>

namespace minihal::macho {

#if defined(__aarch64__)

namespace {

// A va_list none of whose registers are left (AAPCS64, appendix B): all there is is on the stack.
struct Arguments {
    explicit Arguments(void* stack) noexcept {
        const struct {
            void *stack, *general_top, *vector_top;
            int general_offset, vector_offset;
        } all = {stack, nullptr, nullptr, 0, 0};
        static_assert(sizeof all == sizeof list);
        std::memcpy(&list, &all, sizeof list);
    }
    std::va_list list;
};

}  // namespace

extern "C" {

int minihal_darwin_vsnprintf(char* to, std::size_t size, const char* format, void* stack) {
    return std::vsnprintf(to, size, format, Arguments(stack).list);
}
int minihal_darwin_vsnprintf_chk(char* to, std::size_t size, int, std::size_t, const char* format,
                                 void* stack) {
    return std::vsnprintf(to, size, format, Arguments(stack).list);
}
int minihal_darwin_vfprintf(std::FILE* file, const char* format, void* stack) {
    return std::vfprintf(file, format, Arguments(stack).list);
}
int minihal_darwin_vprintf(const char* format, void* stack) {
    return std::vprintf(format, Arguments(stack).list);
}
void minihal_darwin_vsyslog(int priority, const char* format, void* stack) {
    ::vsyslog(priority, format, Arguments(stack).list);
}
CFStringRef minihal_darwin_format(CFAllocatorRef allocator, CFDictionaryRef options, CFStringRef format,
                                  void* stack) {
    return CFStringCreateWithFormatAndArguments(allocator, options, format, Arguments(stack).list);
}

// What the program calls; written below.
void minihal_darwin_stack_open();
void minihal_darwin_stack_shm_open();
void minihal_darwin_stack_snprintf();
void minihal_darwin_stack_snprintf_chk();
void minihal_darwin_stack_fprintf();
void minihal_darwin_stack_printf();
void minihal_darwin_stack_syslog();
void minihal_darwin_stack_format();
void minihal_darwin_stack_constant_uuid();

}  // extern "C"

// The name, one instruction that makes the stack an argument, and where to go on.
#define MINIHAL_FROM_STACK(name, instruction, target)                                                        \
    asm(".pushsection .text\n.balign 4\n.globl " name "\n.hidden " name "\n.type " name ", %function\n" name \
        ":\n  " instruction "\n  b " target "\n.popsection\n")

MINIHAL_FROM_STACK("minihal_darwin_stack_open", "ldr w2, [sp]", "minihal_darwin_open");
MINIHAL_FROM_STACK("minihal_darwin_stack_shm_open", "ldr w2, [sp]", "minihal_darwin_shm_open");
MINIHAL_FROM_STACK("minihal_darwin_stack_snprintf", "mov x3, sp", "minihal_darwin_vsnprintf");
MINIHAL_FROM_STACK("minihal_darwin_stack_snprintf_chk", "mov x5, sp", "minihal_darwin_vsnprintf_chk");
MINIHAL_FROM_STACK("minihal_darwin_stack_fprintf", "mov x2, sp", "minihal_darwin_vfprintf");
MINIHAL_FROM_STACK("minihal_darwin_stack_printf", "mov x1, sp", "minihal_darwin_vprintf");
MINIHAL_FROM_STACK("minihal_darwin_stack_syslog", "mov x2, sp", "minihal_darwin_vsyslog");
MINIHAL_FROM_STACK("minihal_darwin_stack_format", "mov x3, sp", "minihal_darwin_format");

// Beyond the registers, Apple packs arguments as tightly as they fit; Linux gives each 8 bytes. Of this function's 16 bytes nine are there.
asm(".pushsection .text\n.balign 4\n.globl minihal_darwin_stack_constant_uuid\n.hidden "
    "minihal_darwin_stack_constant_uuid\n"
    ".type minihal_darwin_stack_constant_uuid, %function\n"
    "minihal_darwin_stack_constant_uuid:\n"
    "  sub sp, sp, #96\n"
    "  stp x29, x30, [sp, #80]\n"
    "  add x29, sp, #80\n"
    "  .irp i,0,1,2,3,4,5,6,7,8\n"
    "  ldrb w9, [sp, #96+\\i]\n"
    "  str x9, [sp, #8*\\i]\n"
    "  .endr\n"
    "  bl CFUUIDGetConstantUUIDWithBytes\n"
    "  ldp x29, x30, [sp, #80]\n"
    "  add sp, sp, #96\n"
    "  ret\n"
    ".popsection\n");

std::span<const Provided> provided_variadics() noexcept {
    static const std::array kTable = {
        entry("_open", &minihal_darwin_stack_open),
        entry("_shm_open", &minihal_darwin_stack_shm_open),
        entry("_snprintf", &minihal_darwin_stack_snprintf),
        entry("___snprintf_chk", &minihal_darwin_stack_snprintf_chk),
        entry("_fprintf", &minihal_darwin_stack_fprintf),
        entry("_printf", &minihal_darwin_stack_printf),
        entry("_syslog", &minihal_darwin_stack_syslog),
        entry("_vsnprintf", &minihal_darwin_vsnprintf),
        entry("___vsnprintf_chk", &minihal_darwin_vsnprintf_chk),
        entry("_vfprintf", &minihal_darwin_vfprintf),
        entry("_vprintf", &minihal_darwin_vprintf),
        entry("_vsyslog", &minihal_darwin_vsyslog),
    };
    return kTable;
}

std::span<const Provided> provided_core_foundation() noexcept {
    static const std::array kTable = {
        entry("_CFStringCreateWithFormat", &minihal_darwin_stack_format),
        entry("_CFStringCreateWithFormatAndArguments", &minihal_darwin_format),
        entry("_CFUUIDGetConstantUUIDWithBytes", &minihal_darwin_stack_constant_uuid),
    };
    return kTable;
}

#else

namespace {

int checked_snprintf(char* to, std::size_t size, int, std::size_t, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    const int length = std::vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return length;
}
int checked_vsnprintf(char* to, std::size_t size, int, std::size_t, const char* format,
                      std::va_list arguments) {
    return std::vsnprintf(to, size, format, arguments);
}

}  // namespace

std::span<const Provided> provided_variadics() noexcept {
    static const std::array kTable = {
        entry("_open", &minihal_darwin_open),
        entry("_shm_open", &minihal_darwin_shm_open),
        entry<int(char*, std::size_t, const char*, ...)>("_snprintf", &std::snprintf),
        entry("___snprintf_chk", &checked_snprintf),
        entry<int(std::FILE*, const char*, ...)>("_fprintf", &std::fprintf),
        entry<int(const char*, ...)>("_printf", &std::printf),
        entry<int(char*, std::size_t, const char*, std::va_list)>("_vsnprintf", &std::vsnprintf),
        entry("___vsnprintf_chk", &checked_vsnprintf),
        entry<int(std::FILE*, const char*, std::va_list)>("_vfprintf", &std::vfprintf),
        entry<int(const char*, std::va_list)>("_vprintf", &std::vprintf),
        entry("_vsyslog", &::vsyslog),
    };
    return kTable;
}

std::span<const Provided> provided_core_foundation() noexcept {
    return {};
}

#endif

}  // namespace minihal::macho
