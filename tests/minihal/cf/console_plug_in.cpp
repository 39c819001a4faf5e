// Asks as a plug-in would; loaded by console_test.cpp.
#include <mach/mach_time.h>
#include <sys/stat.h>

extern "C" __attribute__((visibility("default"))) int plug_in_stat(const char* path, struct stat* status);
extern "C" __attribute__((visibility("default"))) uint64_t plug_in_time();

int plug_in_stat(const char* path, struct stat* status) {
    return stat(path, status);
}

uint64_t plug_in_time() {
    return mach_absolute_time();
}
