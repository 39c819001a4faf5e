// Files, shared memory and mapping. The functions called here are the ones that a plug-in of Linux would call, so whoever stands between
// it and the system (minihal's stat(), a test's preloaded library) stands between this one and the system, too.
//
// A shared memory object is on Darwin no file: its name has 31 characters at most, it is given a size once, in whole pages, its mode is the one
// that it was made with, the umask aside, it is mapped shared, within its size and as it was opened, or not at all, and fstat() knows its mode,
// owner and size (XNU, bsd/kern/posix_shm.c).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "minihal/macho/darwin.hpp"
#include "minihal/macho/variadics.hpp"

namespace minihal::macho {

namespace {

constexpr std::size_t kLongestName = 31;  // PSHMNAMLEN
constexpr mode_t kModeBits = 07777;       // ALLPERMS

int invalid() noexcept {
    errno = EINVAL;
    return -1;
}

struct DarwinTime {
    std::int64_t seconds, nanoseconds;
};
struct DarwinStat {
    std::int32_t device;
    std::uint16_t mode, links;
    std::uint64_t inode;
    std::uint32_t user, group;
    std::int32_t special_device, padding;
    DarwinTime accessed, modified, changed, born;
    std::int64_t size, blocks;
    std::int32_t block_size;
    std::uint32_t flags, generation;
    std::int32_t spare;
    std::int64_t spares[2];
};
static_assert(sizeof(DarwinStat) == 144 && offsetof(DarwinStat, accessed) == 32 &&
              offsetof(DarwinStat, size) == 96);

bool is_shared_memory(int descriptor) noexcept {
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    constexpr std::string_view kFolder = "/dev/shm/";
    char target[kFolder.size()];
    return readlink(link, target, sizeof target) == static_cast<ssize_t>(sizeof target) &&
           std::string_view(target, sizeof target) == kFolder;
}

constexpr std::int64_t kLargest = std::int64_t{1} << 46;  // bytes; more than there are to map

std::int64_t whole_pages(std::int64_t bytes) noexcept {
    constexpr auto kPage = static_cast<std::int64_t>(kDarwinPage);
    return (bytes + kPage - 1) / kPage * kPage;
}

DarwinTime time_of(const timespec& time) noexcept {
    return {time.tv_sec, time.tv_nsec};
}

int hand_over(int result, const struct stat& from, DarwinStat* to) noexcept {
    if (result != 0) return result;
    *to = {.device = static_cast<std::int32_t>(from.st_dev),
           .mode = static_cast<std::uint16_t>(from.st_mode),
           .links = static_cast<std::uint16_t>(from.st_nlink),
           .inode = from.st_ino,
           .user = from.st_uid,
           .group = from.st_gid,
           .special_device = static_cast<std::int32_t>(from.st_rdev),
           .padding = 0,
           .accessed = time_of(from.st_atim),
           .modified = time_of(from.st_mtim),
           .changed = time_of(from.st_ctim),
           .born = time_of(from.st_ctim),
           .size = from.st_size,
           .blocks = from.st_blocks,
           .block_size = static_cast<std::int32_t>(from.st_blksize),
           .flags = 0,
           .generation = 0,
           .spare = 0,
           .spares = {}};
    return 0;
}

int darwin_stat(const char* path, DarwinStat* status) noexcept {
    struct stat here{};
    return hand_over(::stat(path, &here), here, status);
}
int darwin_lstat(const char* path, DarwinStat* status) noexcept {
    struct stat here{};
    return hand_over(::lstat(path, &here), here, status);
}
int darwin_fstat(int descriptor, DarwinStat* status) noexcept {
    struct stat here{};
    const int result = ::fstat(descriptor, &here);
    if (result != 0 || !is_shared_memory(descriptor)) return hand_over(result, here, status);
    *status = {};
    status->mode = static_cast<std::uint16_t>(here.st_mode & kModeBits);
    status->user = here.st_uid;
    status->group = here.st_gid;
    status->size = whole_pages(here.st_size);
    return 0;
}

struct Flag {
    int darwin, here;
};
// All that are known of `flags`; -1 and EINVAL if there are others.
int translated(int flags, std::span<const Flag> known) noexcept {
    int here = 0;
    for (const auto& flag : known) {
        if ((flags & flag.darwin) == 0) continue;
        here |= flag.here;
        flags &= ~flag.darwin;
    }
    return flags == 0 ? here : invalid();
}

constexpr Flag kOpenFlags[] = {
    {0x1, O_WRONLY}, {0x2, O_RDWR},       {0x4, O_NONBLOCK},       {0x8, O_APPEND},
    {0x80, O_SYNC},  {0x100, O_NOFOLLOW}, {0x200, O_CREAT},        {0x400, O_TRUNC},
    {0x800, O_EXCL}, {0x20000, O_NOCTTY}, {0x100000, O_DIRECTORY}, {0x1000000, O_CLOEXEC},
};

bool is_too_long(const char* name) noexcept {
    return std::strlen(name) > kLongestName;
}

int make_shared_memory(const char* name, int flags, mode_t mode) noexcept {
    const int made = ::shm_open(name, flags | O_CREAT | O_EXCL, mode);
    // The umask is Linux's.
    if (made >= 0) (void)::fchmod(made, mode);
    return made;
}

int darwin_shm_unlink(const char* name) noexcept {
    return is_too_long(name) ? invalid() : ::shm_unlink(name);
}
int darwin_ftruncate(int descriptor, std::int64_t size) noexcept {
    if (!is_shared_memory(descriptor)) return ::ftruncate(descriptor, size);
    struct stat here{};
    if (::fstat(descriptor, &here) != 0) return -1;
    if (size < 0 || size > kLargest || here.st_size != 0 || here.st_blocks != 0) return invalid();
    // No size is a size, too. Memory that lies beyond the end tells whoever comes next, from whatever process.
    if (size == 0) return ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, 1);
    return ::ftruncate(descriptor, whole_pages(size));
}
int darwin_fchmod(int descriptor, std::uint16_t mode) noexcept {
    return is_shared_memory(descriptor) ? invalid() : ::fchmod(descriptor, mode);
}

constexpr Flag kMapFlags[] = {
    {0x1, MAP_SHARED}, {0x2, MAP_PRIVATE}, {0x10, MAP_FIXED}, {0x40, MAP_NORESERVE}, {0x1000, MAP_ANONYMOUS}};

// 0, or why a shared memory object is not mapped so.
int why_not_mapped(std::size_t size, int protection, int flags, int descriptor,
                   std::int64_t offset) noexcept {
    if ((flags & MAP_SHARED) == 0) return EINVAL;
    const bool read_only = (::fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDONLY;
    if (read_only && (protection & PROT_WRITE) != 0) return EPERM;
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return errno;
    const auto there = static_cast<std::uint64_t>(whole_pages(status.st_size));
    const auto from = static_cast<std::uint64_t>(offset);
    return from > there || size > there - from ? EINVAL : 0;
}

void* darwin_mmap(void* address, std::size_t size, int protection, int flags, int descriptor,
                  std::int64_t offset) noexcept {
    const int here = translated(flags, kMapFlags);
    if (here < 0) return MAP_FAILED;
    if ((here & MAP_ANONYMOUS) == 0 && is_shared_memory(descriptor)) {
        if (const int why = why_not_mapped(size, protection, here, descriptor, offset); why != 0) {
            errno = why;
            return MAP_FAILED;
        }
    }
    return ::mmap(address, size, protection, here, descriptor, offset);
}
int darwin_msync(void* address, std::size_t size, int flags) noexcept {
    static constexpr Flag kFlags[] = {{0x1, MS_ASYNC}, {0x2, MS_INVALIDATE}, {0x10, MS_SYNC}};
    const int here = translated(flags, kFlags);
    return here < 0 ? -1 : ::msync(address, size, here);
}

}  // namespace

extern "C" int minihal_darwin_open(const char* path, int flags, unsigned mode) {
    const int here = translated(flags, kOpenFlags);
    return here < 0 ? -1 : ::open(path, here, static_cast<mode_t>(mode));
}

extern "C" int minihal_darwin_shm_open(const char* name, int flags, unsigned mode) {
    const int here = translated(flags, kOpenFlags);
    if (here < 0) return -1;
    if (is_too_long(name)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if ((here & O_CREAT) == 0) return ::shm_open(name, here, 0);
    const int made = make_shared_memory(name, here, static_cast<mode_t>(mode & kModeBits));
    if (made >= 0 || errno != EEXIST || (here & O_EXCL) != 0) return made;
    return ::shm_open(name, here & ~O_CREAT, 0);
}

std::span<const Provided> provided_files() noexcept {
    static const std::array kTable = {
#if defined(__aarch64__)
        entry("_stat", &darwin_stat),
        entry("_lstat", &darwin_lstat),
        entry("_fstat", &darwin_fstat),
#else
        entry("_stat$INODE64", &darwin_stat),     entry("_lstat$INODE64", &darwin_lstat),
        entry("_fstat$INODE64", &darwin_fstat),
#endif
        entry("_shm_unlink", &darwin_shm_unlink),
        entry("_ftruncate", &darwin_ftruncate),
        entry("_fchmod", &darwin_fchmod),
        entry("_mmap", &darwin_mmap),
        entry("_msync", &darwin_msync),
    };
    return kTable;
}

}  // namespace minihal::macho
