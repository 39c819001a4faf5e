#include "platform/coreaudio/console.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace gecko::platform::coreaudio {

bool user_is_at_console() noexcept {
    struct stat console{};
    // Root owns it while nobody is logged in, and in the login window.
    return ::stat("/dev/console", &console) != 0 || console.st_uid == ::geteuid();
}

}  // namespace gecko::platform::coreaudio
