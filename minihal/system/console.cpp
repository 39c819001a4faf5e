// A program learns who sits at the machine from the owner of /dev/console. Under minihal that is the owner of a file in the run directory,
// or, since only root can give files away, the user whose number is in it; so stat() looks there for this one path. The dynamic
// linker finds this function before the C library's in every program that is linked to this library, and for its plug-ins too.
#ifdef __linux__

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <optional>

#include "minihal/system/export.hpp"
#include "minihal/system/run_directory.hpp"

namespace {

// The user whose number the file begins with.
std::optional<uid_t> user_in(const char* path) noexcept {
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return std::nullopt;
    char text[16];
    const ssize_t size = read(descriptor, text, sizeof text);
    close(descriptor);
    uid_t user = 0;
    if (size <= 0 || std::from_chars(text, text + size, user).ec != std::errc()) return std::nullopt;
    return user;
}

}  // namespace

extern "C" MINIHAL_EXPORT int stat(const char* path, struct stat* status) noexcept {
    if (std::strcmp(path, "/dev/console") == 0) {
        const std::string console = minihal::run_file(minihal::kConsoleFile);
        if (fstatat(AT_FDCWD, console.c_str(), status, 0) != 0) return -1;
        if (const auto user = user_in(console.c_str())) status->st_uid = *user;
        return 0;
    }
    return fstatat(AT_FDCWD, path, status, 0);
}

#endif
