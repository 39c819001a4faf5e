#include "command.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace gecko::testing {
namespace {

bool read_some(int& descriptor, std::string& to, std::string& all) {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
    if (count <= 0) {
        ::close(descriptor);
        descriptor = -1;
        return false;
    }
    to.append(bytes.data(), static_cast<std::size_t>(count));
    if (&to != &all) all.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

}  // namespace

Command::Command(const std::vector<std::string>& arguments, const Environment& environment,
                 std::optional<uid_t> user) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (::pipe(out.data()) != 0 || ::pipe(err.data()) != 0) return;
    for (const int end : {out[0], err[0]}) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::setpgid(0, 0);
        ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(err[1], STDERR_FILENO);
        for (const int end : {out[1], err[1]}) ::close(end);
        for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
        if (user && (::setgroups(0, nullptr) != 0 || ::setgid(*user) != 0 || ::setuid(*user) != 0))
            ::_exit(126);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    ::setpgid(pid_, pid_);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
}

Command::~Command() {
    if (pid_ > 0) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    for (const int end : {out_, err_}) {
        if (end >= 0) ::close(end);
    }
}

void Command::signal(int number) const {
    // To -1 it would go to every process there is.
    if (pid_ > 0) ::kill(pid_, number);
}

bool Command::pump(int timeout_ms) {
    std::array<pollfd, 2> ends{
        {{.fd = out_, .events = POLLIN, .revents = 0}, {.fd = err_, .events = POLLIN, .revents = 0}}};
    if (::poll(ends.data(), ends.size(), timeout_ms) <= 0) return out_ >= 0 || err_ >= 0;
    if (out_ >= 0 && ends[0].revents != 0) read_some(out_, outcome_.out, outcome_.out);
    if (err_ >= 0 && ends[1].revents != 0) read_some(err_, outcome_.err, outcome_.out);
    return out_ >= 0 || err_ >= 0;
}

void Command::read_what_is_there() {
    std::size_t before = 0;
    do {
        before = outcome_.out.size();
        pump(0);
    } while (outcome_.out.size() != before);
}

void Command::mark() {
    read_what_is_there();
    marked_ = outcome_.out.size();
}

bool Command::said(const std::string& text) {
    read_what_is_there();
    return outcome_.out.find(text, marked_) != std::string::npos;
}

bool Command::wait_for(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    bool open = true;
    while (outcome_.out.find(text, marked_) == std::string::npos) {
        if (!open || std::chrono::steady_clock::now() > deadline) return false;
        open = pump(100);
    }
    return true;
}

Outcome Command::finish(std::chrono::seconds guard) {
    if (pid_ <= 0) return outcome_;
    const auto deadline = std::chrono::steady_clock::now() + guard;
    while (pump(100)) {
        if (std::chrono::steady_clock::now() > deadline) {
            ::kill(-pid_, SIGKILL);
            outcome_.out += "\n(killed: it hung)\n";
        }
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    if (WIFEXITED(status)) outcome_.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome_.signal = WTERMSIG(status);
    return outcome_;
}

Outcome run(const std::vector<std::string>& arguments, const Command::Environment& environment) {
    return Command(arguments, environment).finish();
}

}  // namespace gecko::testing
