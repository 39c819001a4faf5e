// A process that has never read the clock; run by the tests. Succeeds when the clock it finds without following anybody is real
// time ("is-real") or runs ("runs").
#include <mach/mach_time.h>

#include <string_view>

#include "tests/minihal/cf/clock_test_tools.hpp"

int main(int count, char** arguments) {
    const uint64_t before = real_ticks();
    const uint64_t first = mach_absolute_time();
    const uint64_t after = real_ticks();
    if (count == 2 && arguments[1] == std::string_view("is-real")) {
        return before <= first && first <= after ? 0 : 1;
    }
    pass_real_time(3 * kMillisecond);
    return mach_absolute_time() >= first + 3 * kMillisecond ? 0 : 1;
}
