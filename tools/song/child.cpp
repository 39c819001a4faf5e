#include "tools/song/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <system_error>
#include <thread>

namespace gecko::song_run {
namespace {

constexpr std::size_t kLastWords = 10;
/// Several times what a pipe holds, so that all that a program left behind is read at once; but not for ever
/// from one that writes faster than it is read.
constexpr int kMostReads = 64;
constexpr std::size_t kLongestLine = 65536;

struct Pipe {
    int read = -1, write = -1;

    bool open() {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0) return false;
        read = ends[0];
        write = ends[1];
        for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
        return true;
    }
};

/// In the child, between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, const Pipe& in, const Pipe& out, const Pipe& err,
                         const Pipe& failed, [[maybe_unused]] pid_t parent) {
    setpgid(0, 0);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE}) std::signal(signal, SIG_DFL);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(0);
#endif
    dup2(in.read, STDIN_FILENO);
    dup2(out.write, STDOUT_FILENO);
    dup2(err.write, STDERR_FILENO);
    execv(arguments[0], arguments);
    const int cause = errno;
    [[maybe_unused]] const auto written = write(failed.write, &cause, sizeof(cause));
    _exit(127);
}

void close_end(int& descriptor) {
    if (descriptor >= 0) close(descriptor);
    descriptor = -1;
}

}  // namespace

Result<Child> Child::start(std::string name, const std::vector<std::string>& arguments) {
    Child child(std::move(name));
    Pipe in;
    Pipe out;
    Pipe err;
    Pipe failed;
    if (!in.open() || !out.open() || !err.open() || !failed.open()) {
        return fail(kNotRunning,
                    fmt::format("cannot start {}: {}", child.name_, std::generic_category().message(errno)));
    }
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t parent = getpid();
    child.pid_ = fork();
    if (child.pid_ == 0) become(argv.data(), in, out, err, failed, parent);
    const int fork_error = errno;
    close_end(in.read);
    close_end(out.write);
    close_end(err.write);
    close_end(failed.write);
    child.input_ = in.write;
    child.output_ = out.read;
    child.errors_ = err.read;
    int cause = child.pid_ < 0 ? fork_error : 0;
    // Ends without a byte when exec has closed the other end.
    if (child.pid_ > 0 && read(failed.read, &cause, sizeof(cause)) <= 0) cause = 0;
    close_end(failed.read);
    if (cause != 0) {
        return fail(kNotRunning, fmt::format("cannot start {} ({}): {}", child.name_, arguments[0],
                                             std::generic_category().message(cause)));
    }
    for (const int descriptor : {child.output_, child.errors_}) fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return child;
}

Child::Child(Child&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      output_rest_(std::move(other.output_rest_)),
      errors_rest_(std::move(other.errors_rest_)),
      words_(std::move(other.words_)),
      status_(other.status_) {}

Child::~Child() {
    if (pid_ > 0 && !end()) stop(SIGKILL, std::chrono::seconds(1));
    for (int* descriptor : {&input_, &output_, &errors_}) close_end(*descriptor);
}

bool Child::read_some(int& descriptor, std::string& rest, std::deque<std::string>& lines) {
    if (descriptor < 0) return false;
    std::array<char, 4096> bytes{};
    const ssize_t count = read(descriptor, bytes.data(), bytes.size());
    if (count == 0) {
        // Closed, so that poll() does not report its end again and again. A last line without an end is one
        // too.
        close_end(descriptor);
        if (!rest.empty()) lines.push_back(std::exchange(rest, {}));
    }
    if (count <= 0) return false;
    rest.append(bytes.data(), static_cast<std::size_t>(count));
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
        lines.push_back(rest.substr(0, end));
        rest.erase(0, end + 1);
    }
    if (rest.size() > kLongestLine) lines.push_back(std::exchange(rest, {}));
    return true;
}

std::vector<std::string> Child::read_lines() {
    for (int i = 0; i < kMostReads && read_some(errors_, errors_rest_, words_); ++i) {
    }
    while (words_.size() > kLastWords) words_.pop_front();
    std::deque<std::string> lines;
    for (int i = 0; i < kMostReads && read_some(output_, output_rest_, lines); ++i) {
    }
    return {std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end())};
}

void Child::say(std::string line) {
    line.push_back('\n');
    // A program that has gone away is noticed by its end.
    [[maybe_unused]] const auto written = write(input_, line.data(), line.size());
}

std::optional<int> Child::end() {
    if (!status_ && pid_ > 0) {
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    }
    return status_;
}

std::string Child::how_it_ended() {
    const int status = status_.value_or(0);
    if (!WIFSIGNALED(status)) return fmt::format("ended with exit code {}", WEXITSTATUS(status));
    return fmt::format("was killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
}

bool Child::stop(int signal, std::chrono::milliseconds guard) {
    const auto deadline = std::chrono::steady_clock::now() + guard;
    kill(pid_, signal);
    while (!end()) {
        read_lines();  // so that it is not blocked on a full pipe
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (std::chrono::steady_clock::now() < deadline) continue;
        kill(-pid_, SIGKILL);
        int status = 0;
        if (waitpid(pid_, &status, 0) == pid_) status_ = status;
        return false;
    }
    read_lines();
    return true;
}

}  // namespace gecko::song_run
