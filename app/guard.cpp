#include "app/guard.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "app/exit_code.hpp"
#include "platform/backend.hpp"
#include "platform/former_default.hpp"
#include "settings/folders.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere

namespace gecko::app {
namespace {

constexpr auto kPause = std::chrono::seconds(1);         // between two starts
constexpr auto kServersTime = std::chrono::seconds(10);  // for an audio server that has just been restarted

std::string this_program() {
#ifdef __APPLE__
    std::array<char, 4096> path{};
    auto size = static_cast<std::uint32_t>(path.size());
    return _NSGetExecutablePath(path.data(), &size) == 0 ? path.data() : "";
#else
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).string();
#endif
}

}  // namespace

std::expected<Guard, std::string> Guard::start(const Instance& instance) {
    const auto failed = [](int error) {
        return std::unexpected(
            fmt::format("The process that gives the default output back if gecko crashes "
                        "cannot be started: {}",
                        std::strerror(error)));
    };
    std::array<int, 2> ends{-1, -1};
    if (::pipe(ends.data()) != 0) return failed(errno);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    Guard guard(instance);
    guard.pipe_ = ends[1];
    guard.started_ = std::chrono::steady_clock::now();

    posix_spawn_file_actions_t files{};
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclose(&files, ends[0]);
    // Who reads what gecko prints is not to wait for the guard.
    for (const int out : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&files, out, "/dev/null", O_WRONLY, 0);
    // A descriptor that is its own duplicate is inherited.
    const int lock = ::dup(instance.guards_lock());
    posix_spawnattr_t attributes{};
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);

    std::string program = this_program();
    std::string command = "guard";
    std::array<char*, 3> arguments{program.data(), command.data(), nullptr};
    const int error =
        ::posix_spawn(&guard.child_, program.c_str(), &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    ::close(ends[0]);
    if (lock >= 0) ::close(lock);
    if (error != 0) return failed(error);
    return guard;
}

std::expected<void, std::string> Guard::keep() {
    // That it is nobody's child (ECHILD) is an end as well.
    if (lives() && ::waitpid(child_, nullptr, WNOHANG) != 0) child_ = -1;
    if (lives() || std::chrono::steady_clock::now() - started_ < kPause) return {};
    started_ = std::chrono::steady_clock::now();
    auto another = start(*instance_);
    if (!another) return std::unexpected(another.error());
    *this = *std::move(another);
    return {};
}

Guard::Guard(Guard&& other) noexcept : instance_(other.instance_) {
    *this = std::move(other);
}

Guard& Guard::operator=(Guard&& other) noexcept {
    instance_ = other.instance_;
    std::swap(pipe_, other.pipe_);
    std::swap(child_, other.child_);
    std::swap(started_, other.started_);
    return *this;
}

Guard::~Guard() {
    if (pipe_ >= 0) ::close(pipe_);
}

int guard() {
    for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) ::signal(number, SIG_IGN);
    char nothing = 0;
    while (::read(STDIN_FILENO, &nothing, 1) > 0 || errno == EINTR) errno = 0;
    // A gecko that could has given the default back, and left no note.
    if (platform::FormerDefault(settings::state_folder()).read().empty()) return kOk;
    const auto backend = platform::make_backend();
    const auto deadline = std::chrono::steady_clock::now() + kServersTime;
    while (!backend->give_default_back(settings::state_folder())) {
        if (std::chrono::steady_clock::now() > deadline) return kNotRunning;  // the next gecko finds the note
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return kOk;
}

}  // namespace gecko::app
