#include "app/run_command.hpp"

#include <fmt/core.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "app/status_printer.hpp"
#include "engine/engine.hpp"
#include "platform/backend.hpp"
#include "settings/presets.hpp"

namespace gecko::app {
namespace {

constexpr int kStatusPeriodMs = 100;

std::array<int, 2> signal_pipe{-1, -1};

/// Signals become a byte in a pipe, which the main thread waits for between two looks at the status.
void on_signal(int) {
    const int before = errno;
    const char byte = 0;
    (void)!::write(signal_pipe[1], &byte, 1);
    errno = before;
}

bool catch_signals() {
    if (::pipe(signal_pipe.data()) != 0) return false;
    struct sigaction action{};
    action.sa_handler = &on_signal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    return true;
}

/// False once a signal came.
bool wait_for_next_status() {
    pollfd end{.fd = signal_pipe[0], .events = POLLIN, .revents = 0};
    return ::poll(&end, 1, kStatusPeriodMs) == 0;
}

void complain(const platform::PlatformError& error) {
    fmt::print(stderr, "gecko: {}\n       {}\n", error.message(), error.advice());
}

}  // namespace

int run(const RunOptions& options) {
    const settings::Preset* preset = settings::find_preset(options.preset);
    if (preset == nullptr) {
        const auto near = settings::near_presets(options.preset);
        fmt::print(stderr, "gecko: There is no preset \"{}\".\n       {}`gecko presets` lists them all.\n",
                   options.preset,
                   near.empty() ? std::string() : fmt::format("Did you mean {}? ", fmt::join(near, " or ")));
        return kRejected;
    }
    engine::Settings chosen{.eq = settings::eq_settings(*preset), .volume = options.volume_percent / 100};
    chosen.eq.preamp_db += options.preamp_db;
    chosen.eq.bypass = options.bypass;
    if (!catch_signals()) {
        fmt::print(
            stderr,
            "gecko: No more files can be opened. Close some programs, or raise the limit (ulimit -n).\n");
        return kNotRunning;
    }

    engine::Engine engine;
    engine.set(chosen);
    const auto backend = platform::make_backend();
    if (const auto started = backend->start(engine); !started) {
        complain(started.error());
        return kNotRunning;
    }
    const auto printer = options.json ? make_json_printer(options.preset) : make_text_printer(options.preset);
    std::optional<platform::PlatformError> told;
    do {
        const platform::Connection connection = backend->connection();
        if (connection.problem && connection.problem != told) complain(*connection.problem);
        told = connection.problem;
        printer->show(connection, engine.status());
        // Whoever read the status has gone: nobody is left to tell, and perhaps nobody to end this.
    } while (std::ferror(stdout) == 0 && wait_for_next_status());
    backend->stop();
    return kOk;
}

}  // namespace gecko::app
