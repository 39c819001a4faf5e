#pragma once

#include <cstdint>

/// What the driver finds around itself in these tests: a clock that the test sets and a console.
namespace gecko::driver::test {

inline constexpr double kTicksPerSecond = 24e6;

/// The host clock stands still but for these two. Ticks.
void set_now(std::uint64_t ticks);
std::uint64_t now();
inline void advance_seconds(double seconds) {
    set_now(now() + static_cast<std::uint64_t>(seconds * kTicksPerSecond));
}

/// Somebody else sits at the machine, or nobody; or (at the start of each test program) this user.
enum class Console { ours, foreign, none };
void set_console(Console console);

}  // namespace gecko::driver::test
