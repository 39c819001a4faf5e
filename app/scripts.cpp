#include "app/scripts.hpp"

#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "app/exit_code.hpp"

extern "C" {
extern char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere
#ifdef __APPLE__
int _NSGetExecutablePath(char* buffer, std::uint32_t* size);  // <mach-o/dyld.h>
#endif
}

namespace gecko::app {
namespace {

namespace fs = std::filesystem;

constexpr auto kPlaces = std::to_array<const char*>({"../Resources/scripts", "../../../packaging/macos"});

fs::path find_script(const std::string& name) {
    const fs::path folder = fs::path(own_path()).parent_path();
    for (const char* place : kPlaces) {
        std::error_code error;
        fs::path script = fs::weakly_canonical(folder / place / name, error);
        if (!error && fs::is_regular_file(script, error)) return script;
    }
    return {};
}

}  // namespace

std::string own_path() {
    std::error_code error;
#ifdef __APPLE__
    std::array<char, 4096> name{};
    std::uint32_t size = name.size();
    if (_NSGetExecutablePath(name.data(), &size) != 0) return {};
    return fs::canonical(name.data(), error).string();
#else
    return fs::read_symlink("/proc/self/exe", error).string();
#endif
}

int run_script(const std::string& name, const std::vector<std::string>& arguments) {
    const fs::path script = find_script(name);
    if (script.empty()) {
        fmt::print(stderr,
                   "gecko: The script {} is not there; it is in Gecko.app, and in the project's folder "
                   "packaging/macos.\n",
                   name);
        return kNotRunning;
    }
    std::vector<std::string> words{"/bin/sh", script.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    // Nobody sits at a terminal: macOS asks for the password itself.
    if (::isatty(STDIN_FILENO) == 0) ::setenv("GECKO_ASK", "window", 0);
    std::fflush(nullptr);
    pid_t child = 0;
    if (const int refused = ::posix_spawn(&child, "/bin/sh", nullptr, nullptr, pointers.data(), environ);
        refused != 0) {
        fmt::print(stderr, "gecko: {} cannot be run: {}\n", script.string(), std::strerror(refused));
        return kNotRunning;
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace gecko::app
