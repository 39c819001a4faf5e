// A minihald of a test's own, in a run directory of its own.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace minihal_test {

// A guard against hanging, not an expectation.
inline constexpr std::chrono::seconds kGuard{10};

// Real time, in which processes start and end.
inline bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + kGuard;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

// A folder that is there as long as the object is.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "minihal-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// A child process. Its standard output is read by lines, its standard error kept in a file.
class ChildProcess {
  public:
    // `program` with `arguments`; `scratch` is where its standard error goes.
    ChildProcess(const std::string& program, std::vector<std::string> arguments,
                 const std::filesystem::path& scratch) {
        static int number = 0;
        error_file_ = scratch / ("stderr." + std::to_string(number++));
        int input[2];
        int output[2];
        if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) std::abort();
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error_file_.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
        arguments.insert(arguments.begin(), program);
        std::vector<char*> argv;
        argv.reserve(arguments.size() + 1);
        for (auto& argument : arguments) argv.push_back(argument.data());
        argv.push_back(nullptr);
        if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
        posix_spawn_file_actions_destroy(&actions);
        close(input[0]);
        close(output[1]);
        input_ = input[1];
        output_ = output[0];
    }
    ~ChildProcess() {
        if (pid_ > 0) kill(pid_, SIGKILL);
        wait();
        close(input_);
        close(output_);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const {
        if (pid_ > 0) kill(pid_, number);
    }
    void write_line(const std::string& line) const {
        const auto text = line + "\n";
        [[maybe_unused]] const auto written = write(input_, text.data(), text.size());
    }
    // The next line of its standard output; empty at its end, or when none comes.
    std::string read_line() {
        for (;;) {
            if (const auto end = unread_.find('\n'); end != std::string::npos) {
                auto line = unread_.substr(0, end);
                unread_.erase(0, end + 1);
                return line;
            }
            pollfd descriptor{.fd = output_, .events = POLLIN, .revents = 0};
            if (poll(&descriptor, 1, std::chrono::milliseconds(kGuard).count()) <= 0) return "";
            char buffer[4096];
            const auto count = read(output_, buffer, sizeof buffer);
            if (count <= 0) return "";
            unread_.append(buffer, static_cast<size_t>(count));
        }
    }
    // Its exit code, or 128 + the signal that ended it. Waits for its end.
    int wait() {
        if (pid_ > 0) {
            int status = 0;
            while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
            }
            code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            pid_ = -1;
        }
        return code_;
    }
    std::string errors() const {
        std::ifstream in(error_file_);
        return {std::istreambuf_iterator<char>(in), {}};
    }

  private:
    pid_t pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    int code_ = -1;
    std::string unread_;
    std::filesystem::path error_file_;
};

// A folder for servers one after the other: their run directory, and room for recordings.
class Sandbox {
  public:
    std::filesystem::path folder() const { return folder_.path(); }
    std::filesystem::path run_directory() const { return folder_.path() / "run"; }
    // Makes this process and its children clients of the servers here. Once, before the first call of CoreAudio: a
    // process has one host clock.
    void enter() const { setenv("MINIHAL_RUN_DIR", run_directory().c_str(), 1); }

  private:
    TemporaryFolder folder_;
};

// minihald, serving when the constructor returns (or ended, see serving()). Ended with SIGTERM at the latest by the
// destructor.
class MinihaldProcess {
  public:
    MinihaldProcess(const std::string& program, const Sandbox& sandbox, std::vector<std::string> arguments)
        : process_(program, with_run_directory(std::move(arguments), sandbox), sandbox.folder()) {
        serving_ = process_.read_line().starts_with("minihald: ready");
    }
    ~MinihaldProcess() { terminate(); }

    bool serving() const { return serving_; }
    pid_t pid() const { return process_.pid(); }
    std::string errors() const { return process_.errors(); }
    // Its exit code.
    int terminate() {
        process_.signal(SIGTERM);
        return process_.wait();
    }
    void kill() {
        process_.signal(SIGKILL);
        process_.wait();
    }
    int wait() { return process_.wait(); }

  private:
    static std::vector<std::string> with_run_directory(std::vector<std::string> arguments,
                                                       const Sandbox& sandbox) {
        arguments.insert(arguments.end(), {"--run-dir", sandbox.run_directory().string()});
        return arguments;
    }

    ChildProcess process_;
    bool serving_ = false;
};

}  // namespace minihal_test
