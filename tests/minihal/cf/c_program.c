/* The headers serve C as well; called by objects_test.cpp. */
#include <CoreFoundation/CoreFoundation.h>
#include <mach/mach_time.h>

typedef CF_ENUM(UInt32, Answer) {
    kAnswerYes = 1,
};

int c_program(void);

int c_program(void) {
    const CFComparisonResult order = CFStringCompare(CFSTR("a"), CFSTR("b"), 0);
    const CFUUIDRef unknown = IUnknownUUID;
    mach_timebase_info_data_t timebase;
    const Answer yes = kAnswerYes;
    return yes == 1 && order == kCFCompareLessThan && CFEqual(unknown, IUnknownUUID) &&
           mach_timebase_info(&timebase) == KERN_SUCCESS && timebase.numer == 125 && timebase.denom == 3;
}
