#include "tools/song/session.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <deque>
#include <filesystem>
#include <optional>

#include "tools/song/application_bundle.hpp"
#include "tools/song/child.hpp"
#include "tools/song/recorded.hpp"
#include "tools/song/reports.hpp"
#include "tools/song/signals.hpp"

namespace gecko::song_run {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kHangGuard{10};
constexpr std::chrono::seconds kStopGuard{5};
constexpr int kPollMs = 50;
/// Reports of gecko, ten a second, for which the run goes on after Gecko Sink has fallen silent: what is on
/// its way to the speakers is far less than half a second.
constexpr int kTailReports = 5;

struct Player {
    const Piece& piece;
    Child child;
    Progress progress;
    steady_clock::time_point spoke = steady_clock::now();
};

class Session {
  public:
    Session(const Plan& plan, std::string folder, Display& display)
        : plan_(plan), folder_(std::move(folder)), display_(display), signals_(catch_signals()) {
        for (std::size_t i = 0; plan.applications && i < plan.pieces.size(); ++i) {
            status_.applications.push_back({.bundle_id = application_bundle_id(i + 1)});
        }
    }

    Result<Played> run() {
        if (!plan_.running) {
            // An audio server and a gecko beside those that the user may run.
            setenv("MINIHAL_RUN_DIR", folder_.c_str(), 1);
            setenv("GECKO_HOME", (folder_ + "/home").c_str(), 1);
        }
        auto result = perform();
        display_.finish();
        stop_all(result.has_value());
        if (!result) return std::unexpected(result.error());
        return Played{.rate = rate_, .output = status_.output, .remarks = std::move(remarks_)};
    }

  private:
    /// An audio server of the run's own.
    Result<void> start_server() {
        if (auto r = start(minihald_, "minihald",
                           {plan_.minihald, "--plugins", plan_.hal, "--record-dir",
                            recordings_folder(folder_), "--run-dir", folder_});
            !r) {
            return r;
        }
        if (auto r = wait_until("minihald to serve", *minihald_, [this] { return ready_; }); !r) return r;
        for (const std::string& words : minihald_->last_words()) {
            if (words.find("cannot load GeckoAudioDevice.driver") != std::string::npos) {
                return fail(
                    kNotRunning,
                    fmt::format("HAL plugin not installed: {}. `make clean` and `make run` build it anew",
                                words));
            }
        }
        return {};
    }

    Result<void> perform() {
        std::filesystem::create_directories(recordings_folder(folder_));
        if (!plan_.running) {
            if (auto r = start_server(); !r) return r;
        }
        if (auto r = start(gecko_, "gecko", gecko_command()); !r) return r;
        if (auto r = wait_until("gecko to attach to the driver and the output to run", *gecko_,
                                [this] { return status_.running; });
            !r) {
            return r;
        }
        for (std::size_t i = 0; i < plan_.pieces.size(); ++i) {
            if (auto r = start_player(i); !r) return r;
        }
        if (auto r = wait_until(fmt::format("gecko to run at {} Hz", rate_), *gecko_,
                                [this] { return status_.running && status_.rate == rate_; });
            !r) {
            return r;
        }
        for (Player& player : players_) player.child.say("go");
        return play_through();
    }

    std::vector<std::string> gecko_command() const {
        std::vector<std::string> command{plan_.gecko, "run", "--json"};
        if (plan_.running) {
            command.insert(command.end(), {"--record", gecko_recording(recordings_folder(folder_))});
        }
        if (!plan_.applications) {
            command.insert(command.end(), {"--preset", std::string(plan_.pieces.front().preset->name)});
            return command;
        }
        for (std::size_t i = 0; i < plan_.pieces.size(); ++i) {
            command.insert(command.end(), {"--app", fmt::format("{}={}", application_bundle_id(i + 1),
                                                                plan_.pieces[i].preset->name)});
        }
        return command;
    }

    /// One after the other, for each sets the device's rate.
    Result<void> start_player(std::size_t index) {
        const Piece& piece = plan_.pieces[index];
        std::string name = "gecko-play";
        std::string program = plan_.player;
        if (plan_.applications) {
            name = fmt::format("application {} (gecko-play {})", index + 1, piece.file);
            auto bundled = make_application_bundle(folder_, plan_.player, index + 1);
            if (!bundled) return std::unexpected(bundled.error());
            program = std::move(*bundled);
        }
        // Behind --, a name that begins with a dash is a name too.
        auto started = Child::start(std::move(name), {program, "--wait", "--json", "--", piece.file});
        if (!started) return std::unexpected(started.error());
        Player& player =
            players_.emplace_back(Player{.piece = piece, .child = std::move(*started), .progress = {}});
        if (auto r = wait_until(fmt::format("gecko-play to prepare {}", piece.file), player.child,
                                [&] { return player.progress.prepared; });
            !r) {
            return r;
        }
        if (rate_ == 0) rate_ = player.progress.rate;
        if (player.progress.rate == rate_) return {};
        return fail(kNotRunning, fmt::format("{} is played at {} Hz, the others at {} Hz", piece.file,
                                             player.progress.rate, rate_));
    }

    Result<void> play_through() {
        std::int64_t position = -1;
        auto moved = steady_clock::now();
        while (!std::ranges::all_of(players_, [](const Player& player) { return player.progress.done; })) {
            if (auto r = step(); !r) return r;
            display_.show(moment());
            std::int64_t played = 0;
            for (const Player& player : players_) played += player.progress.position;
            if (played != position) {
                position = played;
                moved = steady_clock::now();
            } else if (steady_clock::now() - moved > kHangGuard) {
                return fail(kNotRunning, fmt::format("no progress for {} s at {}: {}", kHangGuard.count(),
                                                     minutes(moment().seconds), who_hangs()));
            }
        }
        const std::int64_t reports = status_.reports;
        return wait_until("the last frames to reach the speakers", *gecko_,
                          [&] { return !status_.playing && status_.reports >= reports + kTailReports; });
    }

    std::string who_hangs() {
        const auto now = steady_clock::now();
        if (now - gecko_spoke_ > std::chrono::seconds(2)) return "gecko has stopped reporting";
        for (const Player& player : players_) {
            if (!player.progress.done && now - player.spoke > std::chrono::seconds(2))
                return player.child.name() + " has stopped reporting";
        }
        return fmt::format("{} has stopped asking gecko-play for audio",
                           plan_.running ? "the audio server" : "minihald");
    }

    Result<void> start(std::optional<Child>& child, std::string name,
                       const std::vector<std::string>& arguments) {
        auto started = Child::start(std::move(name), arguments);
        if (!started) return std::unexpected(started.error());
        child.emplace(std::move(*started));
        return {};
    }

    template <class Condition>
    Result<void> wait_until(std::string_view what, const Child& whom, Condition condition) {
        const auto deadline = steady_clock::now() + kHangGuard;
        while (!condition()) {
            if (auto r = step(); !r) return r;
            if (!condition() && steady_clock::now() > deadline) {
                return fail(kNotRunning,
                            fmt::format("waited {} s for {}.{}", kHangGuard.count(), what, quote(whom)));
            }
        }
        return {};
    }

    /// Waits for something to happen, takes note of it, and fails if a signal came or a program ended that
    /// should not have.
    Result<void> step() {
        std::vector<pollfd> wanted{{.fd = signals_, .events = POLLIN, .revents = 0}};
        for (const Child* child : children()) {
            wanted.push_back({.fd = child->output(), .events = POLLIN, .revents = 0});
            wanted.push_back({.fd = child->errors(), .events = POLLIN, .revents = 0});
        }
        poll(wanted.data(), static_cast<nfds_t>(wanted.size()), kPollMs);
        drain_signals();
        if (auto r = not_interrupted(); !r) return r;

        // Whether it has ended is asked first: what it wrote before is then all there to be read.
        for (Child* child : children()) {
            const auto ended = child->end();
            for (const std::string& line : child->read_lines()) take_note(*child, line);
            if (!ended) continue;
            const Player* player = player_of(*child);
            if (player && *ended == 0 && player->progress.done) continue;
            return died(*child, *ended);
        }
        return {};
    }

    /// All that run, in the order in which they were started.
    std::vector<Child*> children() {
        std::vector<Child*> all;
        if (minihald_) all.push_back(&*minihald_);
        if (gecko_) all.push_back(&*gecko_);
        for (Player& player : players_) all.push_back(&player.child);
        return all;
    }

    Player* player_of(const Child& child) {
        const auto found =
            std::ranges::find_if(players_, [&](const Player& player) { return &player.child == &child; });
        return found == players_.end() ? nullptr : &*found;
    }

    void take_note(const Child& child, const std::string& line) {
        if (minihald_ && &child == &*minihald_) {
            ready_ = ready_ || line.starts_with("minihald: ready");
            return;
        }
        Player* const player = player_of(child);
        std::expected<void, std::string> understood;
        if (player) {
            player->spoke = steady_clock::now();
            understood = player->progress.take(line);
        } else {
            gecko_spoke_ = steady_clock::now();
            understood = status_.take(line);
        }
        if (understood) return;
        remarks_.push_back(fmt::format("{} reported something that is not understood: {}", child.name(),
                                       understood.error()));
    }

    Result<void> died(Child& child, int status) {
        // A program that gives up says why by its exit code (1 to 3 mean the same everywhere); a killed one
        // has none.
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        const std::string when =
            moment().seconds > 0.0
                ? fmt::format(" after {} of {}", minutes(moment().seconds), minutes(moment().total_seconds))
                : "";
        return fail(code == kRejected ? kRejected : kNotRunning,
                    fmt::format("{} {}{}; the other programs of the run have been ended.{}", child.name(),
                                child.how_it_ended(), when, quote(child)));
    }

    static std::string quote(const Child& child) {
        std::string text;
        for (const std::string& words : child.last_words()) text += "\n    " + words;
        return text.empty() ? text : fmt::format("\n  {}'s last words:{}", child.name(), text);
    }

    /// Of the piece that lasts longest.
    Moment moment() const {
        const double rate = rate_ > 0 ? rate_ : 1.0;
        Moment moment{.peak_db = status_.peak_db,
                      .application_peak_db = {},
                      .ring_ms = 1000.0 * status_.fill_frames / rate};
        for (const auto& application : status_.applications)
            moment.application_peak_db.push_back(application.peak_db);
        for (const Player& player : players_) {
            moment.seconds = std::max(moment.seconds, static_cast<double>(player.progress.position) / rate);
            moment.total_seconds =
                std::max(moment.total_seconds, static_cast<double>(player.progress.frames) / rate);
        }
        return moment;
    }

    void stop_all(bool well) {
        std::vector<Child*> all = children();
        std::ranges::reverse(all);
        for (Child* child : all) {
            if (!child->stop(SIGTERM, kStopGuard)) {
                remarks_.push_back(fmt::format("{} did not end when told to and was killed", child->name()));
            }
            if (well) remarks_.insert(remarks_.end(), child->last_words().begin(), child->last_words().end());
        }
    }

    const Plan& plan_;
    std::string folder_;
    Display& display_;
    int signals_;
    std::optional<Child> minihald_, gecko_;
    std::deque<Player> players_;  // which stay where they are
    bool ready_ = false;
    Status status_;
    std::uint32_t rate_ = 0;  // that the players play at, Hz
    steady_clock::time_point gecko_spoke_ = steady_clock::now();
    std::vector<std::string> remarks_;
};

}  // namespace

std::string recordings_folder(const std::string& folder) {
    return folder + "/recordings";
}

Result<Played> play(const Plan& plan, const std::string& folder, Display& display) {
    return Session(plan, folder, display).run();
}

}  // namespace gecko::song_run
