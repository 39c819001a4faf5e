// Clocks by Darwin's numbers. The one that mach_absolute_time reads is minihal's.
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "minihal/macho/darwin.hpp"
#include "minihal/system/host_clock.hpp"
#include "minihal/system/ticks.hpp"

namespace minihal::macho {

namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

// ns; nothing and EINVAL for a clock that there is not.
std::optional<std::uint64_t> read_clock(unsigned clock) noexcept {
    clockid_t here{};
    switch (clock) {
        case 0:
            here = CLOCK_REALTIME;
            break;
        case 4:  // MONOTONIC_RAW, and its approximation
        case 5:
        case 6:
            here = CLOCK_MONOTONIC;
            break;
        case 8:  // UPTIME_RAW, and its approximation
        case 9:
            return ns_from_ticks(host_clock_now());
        case 12:
            here = CLOCK_PROCESS_CPUTIME_ID;
            break;
        case 16:
            here = CLOCK_THREAD_CPUTIME_ID;
            break;
        default:
            errno = EINVAL;
            return std::nullopt;
    }
    timespec time{};
    ::clock_gettime(here, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * kNsPerSecond + static_cast<std::uint64_t>(time.tv_nsec);
}

int darwin_clock_gettime(unsigned clock, timespec* to) noexcept {
    const auto ns = read_clock(clock);
    if (!ns) return -1;
    *to = {static_cast<time_t>(*ns / kNsPerSecond), static_cast<long>(*ns % kNsPerSecond)};
    return 0;
}
std::uint64_t darwin_clock_ns(unsigned clock) noexcept {
    return read_clock(clock).value_or(0);
}

long darwin_sysconf(int name) noexcept {
    switch (name) {
        case 3:
            return ::sysconf(_SC_CLK_TCK);
        case 5:
            return ::sysconf(_SC_OPEN_MAX);
        case 29:
            return kDarwinPage;
        case 57:
            return ::sysconf(_SC_NPROCESSORS_CONF);
        case 58:
            return ::sysconf(_SC_NPROCESSORS_ONLN);
        default:
            errno = EINVAL;
            return -1;
    }
}
int darwin_page_size() noexcept {
    return kDarwinPage;
}
const std::uint64_t kPageSize = kDarwinPage;

}  // namespace

std::span<const Provided> provided_time() noexcept {
    static const std::array kTable = {
        entry("_clock_gettime", &darwin_clock_gettime),
        entry("_clock_gettime_nsec_np", &darwin_clock_ns),
        entry("_sysconf", &darwin_sysconf),
        entry("_getpagesize", &darwin_page_size),
        entry("_vm_page_size", &kPageSize),
    };
    return kTable;
}

}  // namespace minihal::macho
