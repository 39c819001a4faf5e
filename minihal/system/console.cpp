// A program learns who sits at the machine from the owner of /dev/console. Under minihal that is the owner of a file in the run directory, so
// stat() looks there for this one path. The dynamic linker finds this function before the C library's in every program that
// is linked to this library, and for its plug-ins too.
#ifdef __linux__

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

#include "minihal/system/export.hpp"
#include "minihal/system/run_directory.hpp"

extern "C" MINIHAL_EXPORT int stat(const char* path, struct stat* status) noexcept {
    if (std::strcmp(path, "/dev/console") == 0) {
        const std::string console = minihal::run_file(minihal::kConsoleFile);
        return fstatat(AT_FDCWD, console.c_str(), status, 0);
    }
    return fstatat(AT_FDCWD, path, status, 0);
}

#endif
