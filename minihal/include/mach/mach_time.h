// The host clock, in ticks. Under minihal a tick lasts 125/3 ns, as on Apple silicon, so that ticks mistaken
// for nanoseconds show.
#ifndef MINIHAL_MACH_MACH_TIME_H
#define MINIHAL_MACH_MACH_TIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int kern_return_t;
#ifndef KERN_SUCCESS
#define KERN_SUCCESS 0
#endif

struct mach_timebase_info {
    uint32_t numer;
    uint32_t denom;
};
typedef struct mach_timebase_info* mach_timebase_info_t;
typedef struct mach_timebase_info mach_timebase_info_data_t;

// Nanoseconds are ticks * numer / denom.
__attribute__((visibility("default"))) kern_return_t mach_timebase_info(mach_timebase_info_t info);

// Ticks of the clock that all processes of one minihal share. Any thread; never goes back within a process;
// after a process's first call it neither locks nor allocates.
__attribute__((visibility("default"))) uint64_t mach_absolute_time(void);

#ifdef __cplusplus
}
#endif

#endif
