#include "settings/file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "settings/atomic_file.hpp"

namespace gecko::settings {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);  // a change takes milliseconds
constexpr auto kPause = std::chrono::milliseconds(5);

}  // namespace

std::expected<FileLock, std::string> FileLock::take(const std::filesystem::path& file) {
    if (auto made = make_folders(file.parent_path()); !made) return std::unexpected(made.error());
    Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (opened.get() < 0) {
        return std::unexpected(
            fmt::format("cannot open {}: {}", file.string(), std::generic_category().message(errno)));
    }
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == ENOLCK || errno == ENOTSUP) break;
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return std::unexpected(
                fmt::format("cannot lock {}: {}", file.string(), std::generic_category().message(errno)));
        }
        if (std::chrono::steady_clock::now() > deadline) {
            return std::unexpected(fmt::format(
                "another program has been changing it for 10 s, and still holds {}", file.string()));
        }
        std::this_thread::sleep_for(kPause);
    }
    return FileLock(std::move(opened));
}

}  // namespace gecko::settings
