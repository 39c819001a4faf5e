#include "packaging/helper/locks.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <libproc.h>

#include <vector>
#else
#include <filesystem>
#endif

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <thread>
#include <utility>

namespace gecko::packaging {
namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(10);

/// A file that is open, or not.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

/// Whether a process has a file open: it may have ended, and its number be another's.
bool has_open(pid_t process, const struct stat& file) {
#ifdef __APPLE__
    std::vector<proc_fdinfo> open(4096);
    const int bytes = ::proc_pidinfo(process, PROC_PIDLISTFDS, 0, open.data(),
                                     static_cast<int>(open.size() * sizeof(proc_fdinfo)));
    open.resize(bytes > 0 ? static_cast<std::size_t>(bytes) / sizeof(proc_fdinfo) : 0);
    for (const proc_fdinfo& each : open) {
        vnode_fdinfo info{};
        if (each.proc_fdtype == PROX_FDTYPE_VNODE &&
            ::proc_pidfdinfo(process, each.proc_fd, PROC_PIDFDVNODEINFO, &info, sizeof info) ==
                static_cast<int>(sizeof info) &&
            info.pvi.vi_stat.vst_ino == file.st_ino &&
            info.pvi.vi_stat.vst_dev == static_cast<std::uint32_t>(file.st_dev))
            return true;
    }
    return false;
#else
    namespace fs = std::filesystem;
    std::error_code error;
    for (fs::directory_iterator each("/proc/" + std::to_string(process) + "/fd", error), end;
         !error && each != end; each.increment(error)) {
        struct stat found{};
        if (::stat(each->path().c_str(), &found) == 0 && found.st_ino == file.st_ino &&
            found.st_dev == file.st_dev)
            return true;
    }
    return false;
#endif
}

/// A file that can be locked; nothing where there is none.
class Lock {
  public:
    static std::expected<Lock, std::string> open(const std::string& path) {
        Lock lock(Descriptor(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)));
        if (lock.file_.number() < 0) {
            if (errno == ENOENT || errno == ENOTDIR) return lock;
            return std::unexpected(path + " cannot be opened: " + std::strerror(errno));
        }
        if (::fstat(lock.file_.number(), &lock.facts_) != 0 || !S_ISREG(lock.facts_.st_mode))
            return std::unexpected(path + " is no file");
        return lock;
    }

    [[nodiscard]] bool is_held() const {
        if (file_.number() < 0) return false;
        if (::flock(file_.number(), LOCK_SH | LOCK_NB) != 0) return true;
        ::flock(file_.number(), LOCK_UN);
        return false;
    }

    /// The process that the file names, if it has the file open; else 0.
    [[nodiscard]] pid_t named() const {
        std::array<char, 16> text{};
        const ssize_t size = ::pread(file_.number(), text.data(), text.size(), 0);
        pid_t process = 0;
        if (size > 0) std::from_chars(text.data(), text.data() + size, process);
        return process > 0 && has_open(process, facts_) ? process : 0;
    }

  private:
    explicit Lock(Descriptor file) : file_(std::move(file)) {}

    Descriptor file_;
    struct stat facts_{};
};

}  // namespace

std::expected<std::optional<pid_t>, std::string> gecko_of(const std::string& state_folder) {
    const auto own = Lock::open(state_folder + "/lock");
    if (!own) return std::unexpected(own.error());
    const auto guards = Lock::open(state_folder + "/guard-lock");
    if (!guards) return std::unexpected(guards.error());
    if (own->is_held()) return own->named();
    if (guards->is_held()) return 0;
    return std::nullopt;
}

std::expected<void, std::string> end_gecko(const std::string& state_folder,
                                           std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    pid_t told = 0;
    while (true) {
        const auto gecko = gecko_of(state_folder);
        if (!gecko) return std::unexpected(gecko.error());
        if (!*gecko) return {};
        const pid_t process = **gecko;
        if (process != 0 && process != told && ::kill(process, SIGTERM) == 0) told = process;
        if (std::chrono::steady_clock::now() >= until) {
            return std::unexpected(process == 0
                                       ? "gecko, or its guard, still gives the default output back"
                                       : "gecko (process " + std::to_string(process) + ") does not end");
        }
        std::this_thread::sleep_for(kBetweenLooks);
    }
}

Taken take_lock(int descriptor, const char* file) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? Taken::busy : Taken::no;
    struct stat opened{};
    struct stat there{};
    if (::fstat(descriptor, &opened) != 0) return Taken::no;
    const bool same =
        ::lstat(file, &there) == 0 && opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
    return same ? Taken::yes : Taken::stale;
}

}  // namespace gecko::packaging
