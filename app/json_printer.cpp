#include <fmt/core.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/status_printer.hpp"

namespace gecko::app {
namespace {

/// Linear to dBFS; -200 for silence, since JSON has no infinity.
double dbfs(float peak) {
    return peak > 1e-10f ? 20.0 * std::log10(static_cast<double>(peak)) : -200.0;
}

class JsonPrinter final : public StatusPrinter {
  public:
    explicit JsonPrinter(std::string preset) : preset_(std::move(preset)) {}

    void show(const platform::Connection& connection, const engine::Status& status) override {
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
            {"peak_dbfs", {dbfs(status.peak[0]), dbfs(status.peak[1])}},
            {"underrun_frames", status.underrun_frames},
            {"overtaken_frames", status.overtaken_frames},
            {"preset", preset_},
        };
        if (connection.problem) line["problem"] = connection.problem->message();
        fmt::print("{}\n", line.dump());
        std::fflush(stdout);
    }

  private:
    std::string preset_;
};

}  // namespace

std::unique_ptr<StatusPrinter> make_json_printer(std::string preset) {
    return std::make_unique<JsonPrinter>(std::move(preset));
}

}  // namespace gecko::app
