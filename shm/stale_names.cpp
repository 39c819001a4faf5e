#include "shm/stale_names.hpp"

#ifdef __linux__

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <ctime>

#include "shm/attach.hpp"

namespace gecko::shm {
namespace {

constexpr const char* kFolder = "/dev/shm";  // where Linux keeps what shm_open makes

bool is_private_name(const char* file) noexcept {
    const char* prefix = kNamePrefix + 1;  // without the slash
    const std::size_t length = std::strlen(prefix);
    if (std::strncmp(file, prefix, length) != 0) return false;
    return std::strlen(file + length) == kNameRandom &&
           std::strspn(file + length, kNameAlphabet) == kNameRandom;
}

bool is_stale(int folder, const char* file) noexcept {
    struct stat status{};
    if (::fstatat(folder, file, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
    return S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
           std::time(nullptr) - status.st_mtime > kStaleAfter.count();
}

}  // namespace

std::size_t unlink_stale_names() noexcept {
    DIR* folder = ::opendir(kFolder);
    if (folder == nullptr) return 0;
    const int descriptor = ::dirfd(folder);
    std::size_t removed = 0;
    while (const dirent* entry = descriptor >= 0 ? ::readdir(folder) : nullptr) {
        if (is_private_name(entry->d_name) && is_stale(descriptor, entry->d_name) &&
            ::unlinkat(descriptor, entry->d_name, 0) == 0) {
            ++removed;
        }
    }
    ::closedir(folder);
    return removed;
}

}  // namespace gecko::shm

#else

namespace gecko::shm {

std::size_t unlink_stale_names() noexcept {
    return 0;
}

}  // namespace gecko::shm

#endif
