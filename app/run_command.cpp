#include "app/run_command.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <span>

#include "app/chosen_output.hpp"
#include "app/guard.hpp"
#include "app/instance.hpp"
#include "app/recorder.hpp"
#include "app/status_printer.hpp"
#include "engine/engine.hpp"
#include "platform/backend.hpp"
#include "platform/virtual_devices.hpp"
#include "settings/application_presets.hpp"
#include "settings/folders.hpp"
#include "settings/presets.hpp"

namespace gecko::app {
namespace {

constexpr int kStatusPeriodMs = 100;

std::array<int, 2> event_pipe{-1, -1};

/// What the main thread waits for between two looks at the status is a byte in a pipe.
enum class Event : char { signal, change };

void tell_main(Event event) {
    const int before = errno;
    (void)!::write(event_pipe[1], &event, 1);
    errno = before;
}

void on_signal(int) {
    tell_main(Event::signal);
}

void on_childs_end(int) {
    tell_main(Event::change);
}

bool catch_signals() {
    if (::pipe(event_pipe.data()) != 0) return false;
    // A change that finds the pipe full has been told already.
    for (const int end : event_pipe) ::fcntl(end, F_SETFL, O_NONBLOCK);
    struct sigaction action{};
    action.sa_handler = &on_signal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    // The terminal is closed. Who started this with nohup wants it to go on.
    struct sigaction before{};
    ::sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);
    // Ctrl-Z does nothing: a gecko that is stopped, but is the default output, leaves the machine silent, and as its pipe stays
    // open the guard does nothing either. So does one in the background that may not write to its terminal.
    ::signal(SIGTSTP, SIG_IGN);
    ::signal(SIGTTOU, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);  // a recording that may not grow any more is an error like a full disk
    struct sigaction guards_end{};
    guards_end.sa_handler = &on_childs_end;
    guards_end.sa_flags = SA_NOCLDSTOP | SA_RESTART;
    ::sigaction(SIGCHLD, &guards_end, nullptr);
    return true;
}

/// For the time of the next status or, with nothing to show until something changes, for that. False once a signal came, or who
/// read the status has gone: nobody is left to tell, and perhaps nobody to end this.
bool wait_for_next_status(bool asleep) {
    std::array<pollfd, 2> ends{{{.fd = event_pipe[0], .events = POLLIN, .revents = 0},
                                {.fd = STDOUT_FILENO, .events = 0, .revents = 0}}};
    ::poll(ends.data(), ends.size(), asleep ? -1 : kStatusPeriodMs);
    if ((ends[1].revents & (POLLERR | POLLHUP)) != 0) return false;
    std::array<Event, 64> events{};
    const auto count = ::read(event_pipe[0], events.data(), events.size());
    const auto came = std::span(events).first(count > 0 ? static_cast<std::size_t>(count) : 0);
    return std::ranges::find(came, Event::signal) == came.end();
}

void complain(std::string_view words) {
    if (::isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\r\x1b[K");  // over the line that moves
    fmt::print(stderr, "gecko: {}\n", words);
}

void complain(const platform::PlatformError& error) {
    complain(fmt::format("{}\n       {}", error.message(), error.advice()));
}

/// Gives the exit code.
int finish(Recorder& recorder) {
    recorder.finish();
    for (const std::string& words : recorder.news()) complain(words);
    const Recorder::Status status = recorder.status();
    if (status.lost_frames > 0) complain(fmt::format("the recording lacks {} frames", status.lost_frames));
    return status.failed ? kRejected : kOk;
}

engine::ApplicationSettings application_settings(const settings::ApplicationPreset& chosen) {
    engine::ApplicationSettings settings{.process_id = chosen.process_id,
                                         .eq = settings::eq_settings(*chosen.preset)};
    std::ranges::copy(chosen.bundle_id, settings.bundle_id.begin());
    return settings;
}

}  // namespace

int run(const RunOptions& options) {
    const settings::UserSettings& user = options.settings;
    const auto preset = settings::choose_preset(user.preset);
    if (!preset) {
        fmt::print(stderr, "gecko: {}\n", preset.error());
        return kRejected;
    }
    const auto applications = settings::parse_application_presets(
        options.applications,
        {.applications = engine::kApplications, .bundle_id_bytes = shm::kBundleIdSize - 1});
    if (!applications) {
        fmt::print(stderr, "gecko: --app {}\n", applications.error());
        return kRejected;
    }
    engine::Settings chosen{.eq = settings::eq_settings(**preset), .volume = user.volume_percent / 100};
    chosen.eq.preamp_db += user.preamp_db;
    chosen.eq.bypass = user.bypass;
    std::ranges::transform(*applications, chosen.applications.begin(), application_settings);
    chosen.application_count = applications->size();
    if (!catch_signals()) {
        fmt::print(
            stderr,
            "gecko: No more files can be opened. Close some programs, or raise the limit (ulimit -n).\n");
        return kNotRunning;
    }

    const std::filesystem::path state = settings::state_folder();
    auto instance = Instance::take(state);
    if (!instance) {
        complain(instance.error());
        return kNotRunning;
    }
    std::unique_ptr<Recorder> recorder;
    if (!options.record.empty()) {
        auto made = Recorder::create(options.record);
        if (!made) {
            complain(made.error());
            return kRejected;
        }
        recorder = *std::move(made);
    }
    engine::Engine engine;
    engine.set(chosen);
    const auto backend = platform::make_backend();
    if (recorder) backend->record(&recorder->tap());
    std::optional<Guard> guard;
    if (user.take_default) {
        auto started = Guard::start(*instance);
        if (!started) {
            complain(started.error());
            return kNotRunning;
        }
        guard.emplace(*std::move(started));
    }
    const platform::PathOptions path{.latency = static_cast<engine::LatencyMode>(user.latency_mode),
                                     .wait = options.wait,
                                     .take_default = user.take_default,
                                     .source = user.source == settings::kDriverSource ? "" : user.source,
                                     .output = user.output,
                                     .state_folder = state};
    if (!path.source.empty()) complain(platform::kLoopbackCost);
    platform::RunningGecko said{
        .process = ::getpid(), .takes_default = user.take_default, .source = path.source, .output = ""};
    instance->tell(said);
    if (const auto started = backend->start(engine, path, [] { tell_main(Event::change); }); !started) {
        complain(started.error());
        return kNotRunning;
    }
    const Presets presets{.master = user.preset, .applications = *applications};
    const auto printer = options.json ? make_json_printer(presets) : make_text_printer(presets);
    std::optional<platform::PlatformError> told;
    std::optional<platform::PlatformError> noticed;
    std::string unguarded;
    bool asleep = false;
    bool on_an_output = false;
    do {
        if (guard) {
            if (const auto kept = guard->keep(); !kept && unguarded != kept.error()) {
                unguarded = kept.error();
                complain(unguarded);
            }
            if (guard->lives()) unguarded.clear();
        }
        const platform::Connection connection = backend->connection();
        asleep = connection.asleep;
        if (said.output != connection.output_uid) {
            said.output = connection.output_uid;
            instance->tell(said);
        }
        if (connection.problem && connection.problem != told) {
            complain(*connection.problem);
            fmt::print(stderr, "       gecko waits, and goes on by itself.\n");
        }
        told = connection.problem;
        if (connection.notice && connection.notice != noticed) complain(*connection.notice);
        noticed = connection.notice;
        if (!on_an_output && !connection.output_uid.empty()) {
            on_an_output = true;
            const bool elsewhere = connection.output_uid != user.output;
            const std::string words =
                elsewhere ? missing_output(*backend, user.output, connection.output) : "";
            if (!words.empty()) complain(words);
        }
        std::optional<Recorder::Status> recording;
        if (recorder) {
            for (const std::string& words : recorder->news()) complain(words);
            recording = recorder->status();
        }
        const engine::Status status = engine.status();
        printer->show(connection, status,
                      backend->applications(std::span(status.applications).first(status.application_count)),
                      recording);
    } while (std::ferror(stdout) == 0 && wait_for_next_status(asleep && (!guard || guard->lives())));
    backend->stop();
    return recorder ? finish(*recorder) : kOk;
}

}  // namespace gecko::app
