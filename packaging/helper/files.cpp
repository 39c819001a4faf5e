#include "packaging/helper/files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

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

std::expected<void, std::string> rename_or_say(const char* from, const char* to, How how) {
    if (rename_as(from, to, how) == 0) return {};
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
