#include "minihal/system/run_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace minihal {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string shared_default() {
    return "/tmp/minihal-" + std::to_string(getuid());
}

}  // namespace

std::string run_directory() {
    if (std::string chosen = environment("MINIHAL_RUN_DIR"); !chosen.empty()) return chosen;
    if (std::string runtime = environment("XDG_RUNTIME_DIR"); !runtime.empty()) return runtime + "/minihal";
    return shared_default();
}

std::string run_file(std::string_view name) {
    return run_directory() + "/" + std::string(name);
}

std::expected<std::string, std::string> make_run_directory() {
    std::string path = run_directory();
    const auto refusal = [&path](const std::string& reason) {
        return std::unexpected("cannot use the run directory " + path + ": " + reason +
                               "; set MINIHAL_RUN_DIR to a folder of your own");
    };
    if (mkdir(path.c_str(), 0700) == 0) return path;
    if (errno != EEXIST) return refusal(std::strerror(errno));

    struct stat status{};
    const bool in_tmp = path == shared_default();
    if (fstatat(AT_FDCWD, path.c_str(), &status, in_tmp ? AT_SYMLINK_NOFOLLOW : 0) != 0) {
        return refusal(std::strerror(errno));
    }
    if (!S_ISDIR(status.st_mode)) return refusal("it is not a directory");
    if (in_tmp && status.st_uid != getuid()) return refusal("it belongs to another user");
    return path;
}

}  // namespace minihal
