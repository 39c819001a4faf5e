#include <fmt/core.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>

#include "app/status_printer.hpp"

namespace gecko::app {
namespace {

/// Linear to dBFS; -200 for silence, since JSON has no infinity.
double dbfs(float peak) {
    return peak > 1e-10f ? 20.0 * std::log10(static_cast<double>(peak)) : -200.0;
}

nlohmann::json peaks(const std::array<float, 2>& peak) {
    return {dbfs(peak[0]), dbfs(peak[1])};
}

class JsonPrinter final : public StatusPrinter {
  public:
    explicit JsonPrinter(Presets presets) : presets_(std::move(presets)) {}

    void show(const platform::Connection& connection, const engine::Status& status,
              std::span<const platform::PlayingApplication> applications,
              const std::optional<Recorder::Status>& recording) override {
        nlohmann::json line{
            {"state", connection.running  ? "running"
                      : connection.asleep ? "asleep"
                                          : "waiting"},
            {"attached", connection.attached},
            {"output", connection.output},
            {"rate", connection.rate_hz},
            {"playing", connection.running && status.playing},
            {"position_frames", status.position_frames},
            {"fill_frames", status.fill_frames},
            {"target_frames", status.target_frames},
            {"latency_frames", status.latency_frames},
            {"steering_ppm", status.steering_ppm},
            {"peak_dbfs", peaks(status.peak)},
            {"underrun_frames", status.underrun_frames},
            {"overtaken_frames", status.overtaken_frames},
            {"preset", presets_.master},
            {"applications", nlohmann::json::array()},
            {"recording", nullptr},
        };
        if (recording) {
            line["recording"] = {{"file", recording->file},
                                 {"frames", recording->frames},
                                 {"lost_frames", recording->lost_frames},
                                 {"failed", recording->failed}};
        }
        for (const platform::PlayingApplication& application : applications) {
            for (const engine::ApplicationStatus& process : application.processes) {
                const std::string_view preset = presets_.of(process);
                line["applications"].push_back({
                    {"name", printable(application.application.name)},
                    {"bundle_id", bundle_id_of(process)},
                    {"process_id", process.process_id},
                    {"preset", preset.empty() ? nlohmann::json() : nlohmann::json(preset)},
                    {"peak_dbfs", peaks(process.peak)},
                });
            }
        }
        if (connection.problem) line["problem"] = connection.problem->message();
        // A name, a bundle ID or a file's name may be any bytes.
        fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        std::fflush(stdout);
    }

  private:
    Presets presets_;
};

}  // namespace

std::unique_ptr<StatusPrinter> make_json_printer(Presets presets) {
    return std::make_unique<JsonPrinter>(std::move(presets));
}

}  // namespace gecko::app
