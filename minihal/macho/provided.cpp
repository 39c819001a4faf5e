#include "minihal/macho/provided.hpp"

#include <dlfcn.h>

#include <array>
#include <cstdio>

namespace minihal::macho {

namespace {

// Functions that are the same on both systems, as far as their arguments and answers go. errno aside: see darwin_errors.cpp.
constexpr std::string_view kSame[] = {
    // bytes and strings
    "memchr",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "bzero",
    "bcmp",
    "bcopy",
    "strcasecmp",
    "strcat",
    "strchr",
    "strcmp",
    "strcpy",
    "strcspn",
    "strdup",
    "strlen",
    "strncasecmp",
    "strncat",
    "strncmp",
    "strncpy",
    "strndup",
    "strnlen",
    "strpbrk",
    "strrchr",
    "strsep",
    "strspn",
    "strstr",
    "strtok_r",
    "atof",
    "atoi",
    "atol",
    "atoll",
    "strtod",
    "strtof",
    "strtol",
    "strtoll",
    "strtoul",
    "strtoull",
    "tolower",
    "toupper",
    "__memcpy_chk",
    "__memmove_chk",
    "__memset_chk",
    "__strcat_chk",
    "__strcpy_chk",
    "__strncat_chk",
    "__strncpy_chk",
    // memory
    "aligned_alloc",
    "calloc",
    "free",
    "malloc",
    "posix_memalign",
    "realloc",
    "mlock",
    "munlock",
    "mprotect",
    "munmap",
    // files
    "access",
    "close",
    "dup",
    "lseek",
    "pread",
    "pwrite",
    "read",
    "rename",
    "unlink",
    "write",
    "fsync",
    "fclose",
    "fflush",
    "fgets",
    "fopen",
    "fputc",
    "fputs",
    "fread",
    "fseek",
    "ftell",
    "fwrite",
    "putchar",
    "puts",
    // processes
    "_exit",
    "abort",
    "exit",
    "getegid",
    "getenv",
    "geteuid",
    "getgid",
    "getpid",
    "getppid",
    "getuid",
    "setenv",
    // time
    "gettimeofday",
    "gmtime_r",
    "localtime_r",
    "mach_absolute_time",
    "mach_timebase_info",
    "mktime",
    "nanosleep",
    "sched_yield",
    "sleep",
    "strftime",
    "time",
    "usleep",
    // the rest
    "__cxa_atexit",
    "__cxa_finalize",
    "arc4random",
    "bsearch",
    "qsort",
    "rand",
    "random",
    "srand",
    "srandom",
    "syslog",
    "openlog",
    "closelog",
};

// Those of floats have an f behind them.
constexpr std::string_view kMathematics[] = {
    "acos",  "asin",   "atan",  "atan2",  "cbrt",   "ceil",      "copysign", "cos",       "cosh",
    "exp",   "exp2",   "expm1", "fabs",   "fdim",   "floor",     "fma",      "fmax",      "fmin",
    "fmod",  "frexp",  "hypot", "ldexp",  "llrint", "llround",   "log",      "log10",     "log1p",
    "log2",  "logb",   "lrint", "lround", "modf",   "nearbyint", "pow",      "remainder", "rint",
    "round", "scalbn", "sin",   "sinh",   "sqrt",   "tan",       "tanh",     "trunc",
};

// The library that minihal's CoreFoundation is in, and what it has.
struct CoreFoundation {
    CoreFoundation() noexcept {
        Dl_info info{};
        if (dladdr(dlsym(RTLD_DEFAULT, "CFRelease"), &info) == 0) return;
        base = info.dli_fbase;
        handle = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    }
    // Whether it has a name itself, rather than a library that it needs.
    bool has(const char* name) const noexcept {
        void* const symbol = handle != nullptr ? dlsym(handle, name) : nullptr;
        Dl_info info{};
        return symbol != nullptr && dladdr(symbol, &info) != 0 && info.dli_fbase == base;
    }

    void* base = nullptr;
    void* handle = nullptr;
};

const void* in_core_foundation(const char* name) noexcept {
    static const CoreFoundation library;
    // What the process uses: its data may have been copied into the program.
    return library.has(name) ? dlsym(RTLD_DEFAULT, name) : nullptr;
}

bool is_same(std::string_view name) noexcept {
    const auto is_in = [](std::span<const std::string_view> names, std::string_view one) {
        return std::ranges::find(names, one) != names.end();
    };
    if (is_in(kSame, name) || is_in(kMathematics, name)) return true;
    return name.ends_with('f') && is_in(kMathematics, name.substr(0, name.size() - 1));
}

const void* in_tables(std::span<const std::span<const Provided>> tables, std::string_view name) noexcept {
    for (const auto& table : tables)
        for (const auto& one : table)
            if (one.name == name) return one.address;
    return nullptr;
}

}  // namespace

const void* provided(Dylib dylib, std::string_view name) noexcept {
    // Tables first: what is in one is not the same on both systems.
    if (dylib == Dylib::kCoreFoundation) {
        const std::array tables = {provided_core_foundation()};
        if (const auto* const address = in_tables(tables, name)) return address;
    } else {
        const std::array tables = {provided_errors(),  provided_files(),    provided_text(),
                                   provided_threads(), provided_locks(),    provided_time(),
                                   provided_runtime(), provided_variadics()};
        if (const auto* const address = in_tables(tables, name)) return address;
    }
    if (!name.starts_with('_')) return nullptr;
    name.remove_prefix(1);
    char text[128];
    if (name.size() >= sizeof text) return nullptr;
    std::snprintf(text, sizeof text, "%.*s", static_cast<int>(name.size()), name.data());
    if (dylib == Dylib::kCoreFoundation) return in_core_foundation(text);
    return is_same(name) ? dlsym(RTLD_DEFAULT, text) : nullptr;
}

}  // namespace minihal::macho
