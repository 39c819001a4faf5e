#include "doctor/signature.hpp"

#ifdef __APPLE__
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

extern char** environ;
#endif

namespace gecko::doctor {

#ifdef __APPLE__
std::string signature_problem(const std::filesystem::path& bundle) {
    const std::string path = bundle.string();
    std::array<char*, 5> arguments{const_cast<char*>("codesign"), const_cast<char*>("--verify"),
                                   const_cast<char*>("--strict"), const_cast<char*>(path.c_str()), nullptr};
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
    pid_t process = 0;
    const int error =
        ::posix_spawn(&process, "/usr/bin/codesign", &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return "";
    int status = 0;
    while (::waitpid(process, &status, 0) < 0)
        if (errno != EINTR) return "";
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
    return "codesign --verify --strict does not accept it";
}
#else
std::string signature_problem(const std::filesystem::path&) {
    return "";
}
#endif

}  // namespace gecko::doctor
