#include "app/instance.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace gecko::app {
namespace {

/// How long the guard of a gecko that has died waits for an audio server, and a bit.
constexpr int kLooks = 10;
constexpr auto kGuardsTime = std::chrono::seconds(12);

/// The process that took the lock; 0 if the file does not say.
pid_t owner_of(int descriptor) {
    std::array<char, 16> text{};
    const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
    pid_t owner = 0;
    if (size > 0) std::from_chars(text.data(), text.data() + size, owner);
    return owner;
}

/// The file's descriptor, which no other program inherits; or why it cannot be had.
std::expected<int, std::string> open_lock(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor >= 0) return descriptor;
    return std::unexpected(fmt::format("{} cannot be opened: {}. It is where gecko keeps that it runs.",
                                       file.string(), std::strerror(errno)));
}

}  // namespace

std::expected<Instance, std::string> Instance::take(const std::filesystem::path& state_folder) {
    Instance instance;
    if (state_folder.empty()) return instance;  // who has no home is alone in it
    std::error_code error;
    std::filesystem::create_directories(state_folder, error);
    for (const auto& [name, descriptor] :
         {std::pair(platform::kLockFile, &instance.own_), std::pair("guard-lock", &instance.guard_)}) {
        const auto opened = open_lock(state_folder / name);
        if (!opened) return std::unexpected(opened.error());
        *descriptor = *opened;
    }
    // Who only looks whether it is locked holds it for a moment.
    for (int look = 0; ::flock(instance.own_, LOCK_EX | LOCK_NB) != 0; ++look) {
        if (look < kLooks) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            continue;
        }
        return std::unexpected(
            fmt::format("Another gecko of this user runs already (process {}). One is enough for "
                        "everything that plays; quit it first.",
                        owner_of(instance.own_)));
    }
    instance.tell({.process = ::getpid(), .takes_default = true, .source = "", .output = ""});

    const auto deadline = std::chrono::steady_clock::now() + kGuardsTime;
    while (::flock(instance.guard_, LOCK_EX | LOCK_NB) != 0) {
        if (std::chrono::steady_clock::now() > deadline) {
            return std::unexpected(
                "The gecko before has ended, but the process that gives the default output back for it "
                "(gecko "
                "guard) has not. Quit that one.");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return instance;
}

void Instance::tell(const platform::RunningGecko& gecko) const {
    if (own_ < 0) return;
    const std::string text = platform::to_text(gecko);
    // In this order it begins with a whole text at each moment.
    const ssize_t size = ::pwrite(own_, text.data(), text.size(), 0);
    if (size > 0) (void)!::ftruncate(own_, size);
}

Instance::Instance(Instance&& other) noexcept
    : own_(std::exchange(other.own_, -1)), guard_(std::exchange(other.guard_, -1)) {}

Instance::~Instance() {
    for (const int descriptor : {own_, guard_})
        if (descriptor >= 0) ::close(descriptor);
}

}  // namespace gecko::app
