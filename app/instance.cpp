#include "app/instance.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

namespace gecko::app {
namespace {

/// How long the guard of a gecko that has died waits for an audio server, and a bit.
constexpr auto kGuardsTime = std::chrono::seconds(12);

/// The process that took the lock; 0 if the file does not say.
pid_t owner_of(int descriptor) {
    std::array<char, 16> text{};
    const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
    pid_t owner = 0;
    if (size > 0) std::from_chars(text.data(), text.data() + size, owner);
    return owner;
}

}  // namespace

std::expected<Instance, std::string> Instance::take(const std::filesystem::path& state_folder) {
    if (state_folder.empty()) return Instance(-1);  // who has no home is alone in it
    const std::filesystem::path file = state_folder / "lock";
    std::error_code error;
    std::filesystem::create_directories(state_folder, error);
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return std::unexpected(fmt::format("{} cannot be opened: {}. It is where gecko keeps that it runs.",
                                           file.string(), std::strerror(errno)));
    }
    Instance instance(descriptor);
    const auto deadline = std::chrono::steady_clock::now() + kGuardsTime;
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const pid_t owner = owner_of(descriptor);
        const bool guards_alone = owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH;
        if (!guards_alone || std::chrono::steady_clock::now() > deadline) {
            return std::unexpected(
                fmt::format("Another gecko of this user runs already (process {}). One is enough for "
                            "everything that plays; quit it first.",
                            owner));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const std::string own = std::to_string(::getpid());
    // For messages only.
    (void)!::ftruncate(descriptor, 0);
    (void)!::pwrite(descriptor, own.data(), own.size(), 0);
    return instance;
}

Instance::Instance(Instance&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Instance::~Instance() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace gecko::app
