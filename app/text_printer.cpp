#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "app/status_printer.hpp"

namespace gecko::app {
namespace {

std::string level(float peak) {
    if (peak < 1e-5f) return "  -inf";
    return fmt::format("{:6.1f}", 20.0 * std::log10(static_cast<double>(peak)));
}

class TextPrinter final : public StatusPrinter {
  public:
    explicit TextPrinter(Presets presets)
        : presets_(std::move(presets)), terminal_(::isatty(STDOUT_FILENO) == 1) {}
    ~TextPrinter() override {
        if (terminal_) fmt::print("\n");
    }
    TextPrinter(const TextPrinter&) = delete;
    TextPrinter& operator=(const TextPrinter&) = delete;

    void show(const platform::Connection& connection, const engine::Status& status,
              std::span<const platform::PlayingApplication> applications,
              const std::optional<Recorder::Status>& /*recording*/) override {
        const std::string state = state_of(connection, status);
        if (state != last_state_) {
            last_state_ = state;
            fmt::print("{}{}\n", terminal_ ? "\r\x1b[K" : "", state);
        }
        const std::vector<std::string> playing =
            status.playing ? who_plays(applications) : std::vector<std::string>();
        if (playing != last_playing_) {
            last_playing_ = playing;
            if (terminal_) fmt::print("\r\x1b[K");
            for (const std::string& line : playing) fmt::print("{}\n", line);
        }
        if (terminal_ && connection.running && status.playing) {  // one line that moves, within 80 columns
            const auto ms = [&](double frames) { return 1e3 * frames / connection.rate_hz; };
            fmt::print(
                "\rL {} R {} dBFS  fill {:.1f} ms  latency {:.1f} ms  clock {:+.1f} ppm  lost {}\x1b[K",
                level(status.peak[0]), level(status.peak[1]), ms(status.fill_frames),
                ms(status.latency_frames), status.steering_ppm,
                status.overtaken_frames + status.underrun_frames);
        }
        std::fflush(stdout);
    }

  private:
    /// A line for each application: its name, and the presets of its own that its processes have.
    [[nodiscard]] std::vector<std::string> who_plays(
        std::span<const platform::PlayingApplication> applications) const {
        std::vector<std::string> lines;
        for (const platform::PlayingApplication& application : applications) {
            std::set<std::string_view> presets;
            for (const engine::ApplicationStatus& process : application.processes)
                presets.insert(presets_.of(process));
            presets.erase("");
            lines.push_back(fmt::format("  {} (process {}){}{}", printable(application.application.name),
                                        application.application.process_id, presets.empty() ? "" : ": ",
                                        fmt::join(presets, ", ")));
        }
        return lines;
    }

    [[nodiscard]] std::string state_of(const platform::Connection& connection,
                                       const engine::Status& status) const {
        if (connection.problem) return "waiting: " + connection.problem->message();
        if (connection.asleep) {
            return fmt::format("asleep until something is played into {} -> {} at {:g} kHz, {}",
                               connection.source, connection.output, connection.rate_hz / 1000,
                               presets_.master);
        }
        if (!connection.running) return "waiting for the output";
        return fmt::format("{} -> {} at {:g} kHz, {}",
                           status.playing ? "playing" : "ready: play into " + connection.source,
                           connection.output, connection.rate_hz / 1000, presets_.master);
    }

    Presets presets_;
    std::string last_state_;
    std::vector<std::string> last_playing_;
    bool terminal_;
};

}  // namespace

std::unique_ptr<StatusPrinter> make_text_printer(Presets presets) {
    return std::make_unique<TextPrinter>(std::move(presets));
}

}  // namespace gecko::app
