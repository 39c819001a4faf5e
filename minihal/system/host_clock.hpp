// The host clock that all processes of one minihal share: mach_absolute_time reads it.
//
// It is min(real time - offset, due). `due` is the time of the earliest cycle that is not finished; the clock
// stands still there until it is, and what real time went past meanwhile is added to `offset`. So a stalling
// machine delays a run and does not change it. One process, the server, writes; the page is a file of the run
// directory and outlives it.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <limits>
#include <string>

#include "minihal/system/export.hpp"

namespace minihal {

struct ClockPage;

inline constexpr uint64_t kNoDue = std::numeric_limits<uint64_t>::max();

// What becomes of the time that the clock stood still when the due time changes.
enum class Excess {
    kAbsorbed,  // the clock goes on from where it stood
    kKept,      // an overload: the clock jumps to real time, as if it had not stood still
};

// The writing side. One object in one process at a time (the server's lock file sees to that); calls are not
// concurrent.
class MINIHAL_EXPORT HostClockWriter {
  public:
    // Makes the page, or continues the one that is there: its offset is kept and nothing is due, so that time
    // goes on for those who read it. A file that is no such page is replaced. Lets this process follow the
    // page. The error is a sentence for the user.
    static std::expected<HostClockWriter, std::string> open();

    HostClockWriter(HostClockWriter&& other) noexcept;
    HostClockWriter& operator=(HostClockWriter&&) = delete;
    // Nothing is due afterwards. The page is removed if no other process has it open.
    ~HostClockWriter();

    // The clock goes no further than `due` (ticks) until the next call; kNoDue lets it run. A time that has
    // passed stops it where it is. Called when a cycle begins or finishes, with the time of the earliest one
    // unfinished.
    void set_due(uint64_t due, Excess excess = Excess::kAbsorbed) noexcept;

    // Real time until the clock reaches `ticks`, rounded up to whole ns, 0 when it has; due times that may
    // stop it are not counted. For the timeout of the poll() that the IO loop sleeps in.
    std::chrono::nanoseconds time_until(uint64_t ticks) const noexcept;

  private:
    HostClockWriter(ClockPage* page, std::string path) noexcept;

    ClockPage* page_;
    std::string path_;
};

// A client calls this when it has connected to a server: from now on the page rules this process's clock.
// Until then, and without a page, the process's clock is real time less the offset that the page had when
// first read, and stops for nobody. Any thread, not the real-time one.
MINIHAL_EXPORT void host_clock_follow();

// A client calls this when it has lost its server: the clock goes on in real time from where it is. Any
// thread, not the real-time one.
MINIHAL_EXPORT void host_clock_release();

// From now on mach_absolute_time returns what `clock` does (nullptr: the host clock again). For a simulation
// in one process, before anything reads the clock; the function must be as fit for the real-time thread as
// its callers need.
MINIHAL_EXPORT void set_virtual_clock(uint64_t (*clock)()) noexcept;

// What mach_absolute_time returns. Ticks.
MINIHAL_EXPORT uint64_t host_clock_now() noexcept;

}  // namespace minihal
