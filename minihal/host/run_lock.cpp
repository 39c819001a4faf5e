#include "minihal/host/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "minihal/system/run_directory.hpp"

namespace minihal {

namespace {

std::string holder(int descriptor) {
    char text[32] = {};
    const auto size = pread(descriptor, text, sizeof text - 1, 0);
    return size > 0 ? std::string(text, std::strcspn(text, "\n")) : "unknown";
}

// Whether the path still names the file: its last holder removes it.
bool is_at(int descriptor, const std::string& path) {
    struct stat by_descriptor{};
    struct stat by_path{};
    return fstat(descriptor, &by_descriptor) == 0 && stat(path.c_str(), &by_path) == 0 &&
           by_descriptor.st_ino == by_path.st_ino && by_descriptor.st_dev == by_path.st_dev;
}

}  // namespace

std::expected<RunLock, std::string> RunLock::take(const std::string& run_directory) {
    const auto path = run_directory + "/" + std::string(kServerLockFile);
    for (;;) {
        wire::Descriptor descriptor(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (!descriptor) {
            return std::unexpected(
                fmt::format("cannot make the lock file {}: {}", path, std::strerror(errno)));
        }
        if (flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
            return std::unexpected(fmt::format(
                "another minihald (process {}) serves the run directory {}; end it, or choose another "
                "directory with --run-dir",
                holder(descriptor.get()), run_directory));
        }
        if (!is_at(descriptor.get(), path)) continue;
        const auto text = fmt::format("{}\n", getpid());
        if (ftruncate(descriptor.get(), 0) != 0 ||
            pwrite(descriptor.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
            return std::unexpected(
                fmt::format("cannot write the lock file {}: {}", path, std::strerror(errno)));
        }
        return RunLock(std::move(descriptor), path);
    }
}

RunLock::RunLock(wire::Descriptor descriptor, std::string path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

RunLock::~RunLock() {
    if (descriptor_) unlink(path_.c_str());
}

}  // namespace minihal
