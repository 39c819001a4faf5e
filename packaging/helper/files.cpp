#include "packaging/helper/files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#ifndef __APPLE__
#include <linux/fs.h>
#include <sys/syscall.h>
#endif

namespace gecko::packaging {
namespace {

enum class How { exchange, place };

#ifdef __APPLE__
int rename_as(const char* from, const char* to, How how) {
    return ::renameatx_np(AT_FDCWD, from, AT_FDCWD, to, how == How::exchange ? RENAME_SWAP : RENAME_EXCL);
}
#else
int rename_as(const char* from, const char* to, How how) {
    return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
                                      how == How::exchange ? RENAME_EXCHANGE : RENAME_NOREPLACE));
}
#endif

/// Gives errno, or 0. What only a disk can do is not asked of what is none.
int sync_one(const char* path) {
    const int descriptor = ::open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return errno;
#ifdef __APPLE__
    bool done = ::fcntl(descriptor, F_FULLFSYNC) == 0;  // fsync() there leaves it in the disk's own memory
    done = done || ::fsync(descriptor) == 0;
#else
    const bool done = ::fsync(descriptor) == 0;
#endif
    const int why = done || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
    ::close(descriptor);
    return why;
}

/// What was renamed has been renamed: that the disk cannot say so is no error.
void sync_parent(const char* path) {
    (void)sync_one(std::filesystem::path(path).parent_path().c_str());
}

std::expected<void, std::string> rename_or_say(const char* from, const char* to, How how) {
    if (rename_as(from, to, how) == 0) {
        sync_parent(from);
        sync_parent(to);
        return {};
    }
    const int why = errno;
    const std::string cause = why == ENOTSUP || why == EOPNOTSUPP || why == EINVAL || why == ENOSYS
                                  ? "this file system cannot do it in one step"
                                  : std::strerror(why);
    return std::unexpected((how == How::exchange ? "exchanging " + std::string(from) + " and " + to + ": "
                                                 : "renaming " + std::string(from) + " to " + to + ": ") +
                           cause);
}

}  // namespace

std::expected<void, std::string> exchange(const char* one, const char* other) {
    return rename_or_say(one, other, How::exchange);
}

std::expected<void, std::string> place(const char* from, const char* to) {
    return rename_or_say(from, to, How::place);
}

std::expected<void, std::string> sync_folder(const char* folder) {
    namespace fs = std::filesystem;
    const auto failed = [](const std::string& path, const std::string& why) {
        return std::unexpected("writing " + path + " to the disk: " + why);
    };
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (const int why = sync_one(entry->path().c_str()); why != 0)
            return failed(entry->path().string(), std::strerror(why));
    }
    if (error) return failed(folder, error.message());
    if (const int why = sync_one(folder); why != 0) return failed(folder, std::strerror(why));
    return {};
}

std::optional<std::string> one_line_of(const char* file) {
    const int descriptor = ::open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
    ::close(descriptor);
    if (count <= 0 || static_cast<std::size_t>(count) == bytes.size()) return std::nullopt;
    std::string line(bytes.data(), static_cast<std::size_t>(count));
    if (line.back() == '\n') line.pop_back();
    if (line.empty() || line.find_first_of(std::string("\n\0", 2)) != std::string::npos) return std::nullopt;
    return line;
}

std::expected<void, std::string> forget_shared_memory(const char* name) {
    if (::shm_unlink(name) == 0 || errno == ENOENT) return {};
    return std::unexpected("removing the shared memory " + std::string(name) + ": " + std::strerror(errno));
}

}  // namespace gecko::packaging
