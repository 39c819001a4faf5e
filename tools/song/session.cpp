#include "tools/song/session.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "tools/song/child.hpp"
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

struct Status {  // of gecko, as it reports it
    bool running = false;
    bool playing = false;
    double rate = 0.0;
    double fill_frames = 0.0;
    std::array<double, 2> peak_db{-HUGE_VAL, -HUGE_VAL};
    std::string output;
    std::int64_t reports = 0;
};

struct Progress {  // of the player, as it reports it
    bool prepared = false;
    bool done = false;
    std::uint32_t rate = 0;
    std::int64_t position = 0;
    std::int64_t frames = 0;
};

class Session {
  public:
    Session(const Plan& plan, std::string folder, Display& display)
        : plan_(plan), folder_(std::move(folder)), display_(display), signals_(catch_signals()) {}

    Result<Played> run() {
        setenv("MINIHAL_RUN_DIR", folder_.c_str(), 1);
        auto result = perform();
        display_.finish();
        stop_all(result.has_value());
        if (!result) return std::unexpected(result.error());
        return Played{.rate = progress_.rate, .output = status_.output, .remarks = std::move(remarks_)};
    }

  private:
    Result<void> perform() {
        const std::string recordings = recordings_folder(folder_);
        std::filesystem::create_directories(recordings);
        if (auto r = start(
                minihald_, "minihald",
                {plan_.minihald, "--plugins", plan_.hal, "--record-dir", recordings, "--run-dir", folder_});
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

        if (auto r = start(gecko_, "gecko",
                           {plan_.gecko, "run", "--json", "--preset", std::string(plan_.preset->name)});
            !r) {
            return r;
        }
        if (auto r = wait_until("gecko to attach to the driver and the output to run", *gecko_,
                                [this] { return status_.running; });
            !r) {
            return r;
        }

        if (auto r = start(player_, "gecko-play", {plan_.player, "--wait", "--json", plan_.file}); !r)
            return r;
        if (auto r =
                wait_until("gecko-play to prepare the song", *player_, [this] { return progress_.prepared; });
            !r)
            return r;
        if (auto r = wait_until(fmt::format("gecko to run at {} Hz", progress_.rate), *gecko_,
                                [this] { return status_.running && status_.rate == progress_.rate; });
            !r) {
            return r;
        }
        player_->say("go");
        return play_through();
    }

    Result<void> play_through() {
        std::int64_t position = -1;
        auto moved = steady_clock::now();
        while (!progress_.done) {
            if (auto r = step(); !r) return r;
            display_.show(moment());
            if (progress_.position != position) {
                position = progress_.position;
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
        if (now - player_spoke_ > std::chrono::seconds(2)) return "gecko-play has stopped reporting";
        return "minihald has stopped asking gecko-play for audio";
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
        for (const auto* child : {&minihald_, &gecko_, &player_}) {
            if (!*child) continue;
            wanted.push_back({.fd = (*child)->output(), .events = POLLIN, .revents = 0});
            wanted.push_back({.fd = (*child)->errors(), .events = POLLIN, .revents = 0});
        }
        poll(wanted.data(), static_cast<nfds_t>(wanted.size()), kPollMs);
        drain_signals();
        if (auto r = not_interrupted(); !r) return r;

        // Whether it has ended is asked first: what it wrote before is then all there to be read.
        for (auto* child : {&minihald_, &gecko_, &player_}) {
            if (!*child) continue;
            const auto ended = (*child)->end();
            for (const std::string& line : (*child)->read_lines()) take_note(**child, line);
            if (!ended) continue;
            if (child == &player_ && *ended == 0 && progress_.done) continue;
            return died(**child, *ended);
        }
        return {};
    }

    void take_note(const Child& child, const std::string& line) {
        if (&child == &*minihald_) {
            ready_ = ready_ || line.starts_with("minihald: ready");
            return;
        }
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object()) return;
        try {
            if (gecko_ && &child == &*gecko_) {
                gecko_spoke_ = steady_clock::now();
                ++status_.reports;
                status_.running = json.at("state") == "running";
                status_.playing = json.value("playing", false);
                status_.rate = json.at("rate");
                status_.fill_frames = json.value("fill_frames", 0.0);
                status_.output = json.value("output", std::string());
                status_.peak_db = json.value("peak_dbfs", status_.peak_db);
            } else {
                player_spoke_ = steady_clock::now();
                const std::string state = json.at("state");
                progress_.frames = json.at("frames");
                if (state == "prepared") {
                    progress_.prepared = true;
                    progress_.rate = json.at("rate");
                } else {
                    progress_.position = json.at("position_frames");
                    progress_.done = state == "done";
                }
            }
        } catch (const nlohmann::json::exception& error) {
            remarks_.push_back(
                fmt::format("{} reported something that is not understood: {}", child.name(), error.what()));
        }
    }

    Result<void> died(Child& child, int status) {
        // A program that gives up says why by its exit code (1 to 3 mean the same everywhere); a killed one
        // has none.
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        const std::string when =
            progress_.position > 0
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

    Moment moment() const {
        const double rate = progress_.rate > 0 ? progress_.rate : 1.0;
        return {.seconds = static_cast<double>(progress_.position) / rate,
                .total_seconds = static_cast<double>(progress_.frames) / rate,
                .peak_db = status_.peak_db,
                .ring_ms = 1000.0 * status_.fill_frames / rate};
    }

    void stop_all(bool well) {
        for (auto* child : {&player_, &gecko_, &minihald_}) {
            if (!*child) continue;
            if (!(*child)->stop(SIGTERM, kStopGuard)) {
                remarks_.push_back(
                    fmt::format("{} did not end when told to and was killed", (*child)->name()));
            }
            if (well)
                remarks_.insert(remarks_.end(), (*child)->last_words().begin(), (*child)->last_words().end());
        }
    }

    const Plan& plan_;
    std::string folder_;
    Display& display_;
    int signals_;
    std::optional<Child> minihald_, gecko_, player_;
    bool ready_ = false;
    Status status_;
    Progress progress_;
    steady_clock::time_point gecko_spoke_ = steady_clock::now();
    steady_clock::time_point player_spoke_ = steady_clock::now();
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
