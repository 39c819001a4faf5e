#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/recorder.hpp"
#include "engine/engine.hpp"
#include "platform/backend.hpp"
#include "settings/application_presets.hpp"

namespace gecko::app {

/// Shows how `gecko run` is doing, some ten times a second.
class StatusPrinter {
  public:
    virtual ~StatusPrinter() = default;
    /// applications  those of `status`, named
    /// recording     of --record, if that was asked for
    virtual void show(const platform::Connection& connection, const engine::Status& status,
                      std::span<const platform::PlayingApplication> applications,
                      const std::optional<Recorder::Status>& recording) = 0;
};

/// What was asked for, by name.
struct Presets {
    std::string master;
    std::vector<settings::ApplicationPreset> applications;

    /// The preset of an application's own; "" if it has none.
    [[nodiscard]] std::string_view of(const engine::ApplicationStatus& application) const;
};

/// Without control characters: applications choose their names, and terminals obey.
std::string printable(std::string text);
/// As the system names it, printable.
std::string bundle_id_of(const engine::ApplicationStatus& application);

/// One JSON object a line on stdout, for programs.
std::unique_ptr<StatusPrinter> make_json_printer(Presets presets);

/// For people: one line on the terminal that is kept up to date; where stdout is no terminal, a line each time the state changes.
/// Who plays is a line for each application, whatever number of processes it plays with, whenever that changes.
std::unique_ptr<StatusPrinter> make_text_printer(Presets presets);

}  // namespace gecko::app
