// Preloaded: the system refuses shared memory in the program that REFUSE_IN names. REFUSE says what: "open",
// "space" or "map".
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

bool refused(const char* what) {
    const char* asked = std::getenv("REFUSE");
    const char* where = std::getenv("REFUSE_IN");
    return asked != nullptr && where != nullptr && std::strcmp(asked, what) == 0 &&
           std::strcmp(where, program_invocation_short_name) == 0;
}

bool is_shared_memory(int descriptor) {
    struct stat status{};
    // Only the segment is that large.
    return descriptor >= 0 && ::fstat(descriptor, &status) == 0 && status.st_size > (4 << 20);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int shm_open(const char* name, int flags, mode_t mode) {
    if (refused("open") && std::strncmp(name, "/GeckoAudioShm", 14) == 0) {
        errno = EACCES;
        return -1;
    }
    using Function = int (*)(const char*, int, mode_t);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "shm_open"));
    return real(name, flags, mode);
}

extern "C" __attribute__((visibility("default"))) int posix_fallocate(int descriptor, off_t offset,
                                                                      off_t bytes) {
    if (refused("space")) return ENOSPC;
    using Function = int (*)(int, off_t, off_t);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "posix_fallocate"));
    return real(descriptor, offset, bytes);
}

extern "C" __attribute__((visibility("default"))) void* mmap(void* address, size_t bytes, int protection,
                                                             int flags, int descriptor,
                                                             off_t offset) noexcept {
    if ((flags & MAP_SHARED) != 0 && refused("map") && is_shared_memory(descriptor)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    using Function = void* (*)(void*, size_t, int, int, int, off_t);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "mmap"));
    return real(address, bytes, protection, flags, descriptor, offset);
}
