#include "tools/song/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace gecko::song_run {
namespace {

std::array<int, 2> wake{-1, -1};
volatile std::sig_atomic_t ending = 0;

void note(int signal) {
    const int before = errno;
    if (signal != SIGCHLD && ending == 0) ending = signal;
    const char byte = 0;
    [[maybe_unused]] const auto written = write(wake[1], &byte, 1);
    errno = before;
}

}  // namespace

int catch_signals() {
    if (pipe(wake.data()) != 0) return -1;
    for (const int end : wake) {
        fcntl(end, F_SETFD, FD_CLOEXEC);
        fcntl(end, F_SETFL, O_NONBLOCK);
    }
    struct sigaction action{};
    action.sa_handler = &note;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaction(signal, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return wake[0];
}

void drain_signals() {
    std::array<char, 64> bytes{};
    while (read(wake[0], bytes.data(), bytes.size()) > 0) {
    }
}

Result<void> not_interrupted() {
    if (ending == 0) return {};
    return fail(kInterrupted, "interrupted; all programs of the run have been ended");
}

}  // namespace gecko::song_run
