// gecko-install-tool: what install.sh and uninstall.sh cannot do in a shell. Exit codes: 0 yes, or done; 1 no, or not done; 2 wrong
// usage; 4 another process holds the lock.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "packaging/helper/bundle_check.hpp"
#include "packaging/helper/devices.hpp"
#include "packaging/helper/files.hpp"
#include "packaging/helper/locks.hpp"
#include "shm/attach.hpp"

extern "C" char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere

namespace {

using namespace gecko::packaging;
using Words = std::span<char*>;

constexpr int kYes = 0;
constexpr int kNo = 1;
constexpr int kUsage = 2;
constexpr int kBusy = 4;

constexpr const char* kHelp =
    "usage: gecko-install-tool COMMAND\n"
    "  exchange A B                          put each in the other's place, in one step\n"
    "  place A B                             rename A to B, where nothing may be\n"
    "  sync FOLDER                           wait until the disk has all of it\n"
    "  lock DESCRIPTOR FILE                  lock an open file for whoever has it open; 1: it was removed "
    "meanwhile, 4: another process has it\n"
    "  gecko-runs FOLDER                     has a gecko locked its state folder? prints its process\n"
    "  end-gecko FOLDER [SECONDS]            end it by TERM and wait until it and its guard have ended\n"
    "  check-driver BUNDLE                   is it Gecko's driver, for this computer? prints its version\n"
    "  device-present UID [SECONDS [VERSION]]  wait until there is the device, of that version\n"
    "  device-absent UID [SECONDS]           wait until there is no such device\n"
    "  device-version UID                    the version of the driver that the audio server runs\n"
    "  give-default-back FILE                if Gecko Sink is the default output, make it the device whose "
    "UID is in FILE\n"
    "  forget-shared-memory [NAME]           remove that name; /GeckoAudioShm if none is given\n";

int complain(const std::string& words) {
    std::fprintf(stderr, "gecko-install-tool: %s\n", words.c_str());
    return kNo;
}

int tell(const std::expected<void, std::string>& outcome) {
    return outcome ? kYes : complain(outcome.error());
}

int check(const char* bundle) {
    const auto version = check_driver(bundle);
    if (!version) return complain(std::string(bundle) + ": " + version.error());
    std::printf("%s\n", version->c_str());
    return kYes;
}

/// Looks once, as a process of its own that is given 5 s: a server that is ending or hangs is not waited for, and what it said before it
/// ended is not remembered.
bool look_afresh(const char* program, const char* what, const char* uid, const char* version) {
    const std::array<const char*, 6> words{program, what, uid, "0", version, nullptr};
    pid_t child = 0;
    if (::posix_spawn(&child, program, nullptr, nullptr, const_cast<char* const*>(words.data()), environ) !=
        0)
        return false;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > until) {
            ::kill(child, SIGKILL);
            ::waitpid(child, &status, 0);
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == kYes;
}

/// Up to 3600.
std::optional<unsigned> number_in(const char* text) {
    const char* end = text + std::strlen(text);
    unsigned number = 0;
    if (std::from_chars(text, end, number).ptr != end || number > 3600) return std::nullopt;
    return number;
}

int usage() {
    std::fputs(kHelp, stderr);
    return kUsage;
}

/// UID [SECONDS [VERSION]]
int await_device(const char* program, bool present, Words words) {
    const char* uid = words[0];
    const char* version = words.size() > 2 ? words[2] : "";
    const auto seconds = number_in(words.size() > 1 ? words[1] : "0");
    if (!seconds) return usage();
    if (*seconds == 0) return (present ? device_is_there(uid, version) : device_is_gone(uid)) ? kYes : kNo;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(*seconds);
    auto pause = std::chrono::milliseconds(10);
    while (!look_afresh(program, present ? "device-present" : "device-absent", uid, version)) {
        if (std::chrono::steady_clock::now() >= until) return kNo;
        std::this_thread::sleep_for(pause);
        if (pause < std::chrono::milliseconds(250)) pause *= 2;
    }
    return kYes;
}

int tell_version(const char* uid) {
    const auto version = version_of_device(uid);
    if (!version) return kNo;
    std::printf("%s\n", version->c_str());
    return kYes;
}

int give_back(const char* file) {
    const auto former = one_line_of(file);
    if (!former) return complain("the file that names the former default output cannot be read");
    switch (give_default_back(gecko::shm::kDeviceUid, *former)) {
        case GivenBack::not_taken:
            std::puts("The default output is not Gecko Sink; it stays.");
            return kYes;
        case GivenBack::done:
            std::puts("The default output is again what it was before Gecko Sink.");
            return kYes;
        case GivenBack::not_there:
            std::puts("The former default output is not connected; the system chooses another one.");
            return kYes;
        case GivenBack::refused:
            break;
    }
    return complain("the audio server did not take the former default output back");
}

/// DESCRIPTOR FILE
int lock(Words words) {
    const auto descriptor = number_in(words[0]);
    if (!descriptor) return usage();
    switch (take_lock(static_cast<int>(*descriptor), words[1])) {
        case Taken::yes:
            return kYes;
        case Taken::busy:
            return kBusy;
        case Taken::stale:
            return kNo;
        case Taken::no:
            break;
    }
    complain(std::string(words[1]) + " cannot be locked: " + std::strerror(errno));
    return kUsage;
}

/// FOLDER
int tell_gecko(const char* folder) {
    const auto gecko = gecko_of(folder);
    if (!gecko) return complain(gecko.error());
    if (!*gecko) return kNo;
    std::printf("%d\n", static_cast<int>(**gecko));
    return kYes;
}

/// FOLDER [SECONDS]
int end(Words words) {
    const auto seconds = number_in(words.size() > 1 ? words[1] : "0");
    return seconds ? tell(end_gecko(words[0], std::chrono::seconds(*seconds))) : usage();
}

int run(const char* program, const std::string& command, Words words) {
    if (command == "exchange" && words.size() == 2) return tell(exchange(words[0], words[1]));
    if (command == "place" && words.size() == 2) return tell(place(words[0], words[1]));
    if (command == "sync" && words.size() == 1) return tell(sync_folder(words[0]));
    if (command == "lock" && words.size() == 2) return lock(words);
    if (command == "gecko-runs" && words.size() == 1) return tell_gecko(words[0]);
    if (command == "end-gecko" && !words.empty() && words.size() <= 2) return end(words);
    if (command == "check-driver" && words.size() == 1) return check(words[0]);
    if (command == "device-present" && !words.empty() && words.size() <= 3)
        return await_device(program, true, words);
    if (command == "device-absent" && !words.empty() && words.size() <= 3)
        return await_device(program, false, words);
    if (command == "device-version" && words.size() == 1) return tell_version(words[0]);
    if (command == "give-default-back" && words.size() == 1) return give_back(words[0]);
    if (command == "forget-shared-memory" && words.size() <= 1)
        return tell(forget_shared_memory(words.empty() ? gecko::shm::kFixedName : words[0]));
    return usage();
}

}  // namespace

int main(int argc, char** argv) {
    const Words words(argv, static_cast<std::size_t>(argc));
    if (words.size() < 2) return usage();
    return run(words[0], words[1], words.subspan(2));
}
