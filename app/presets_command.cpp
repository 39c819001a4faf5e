#include "app/presets_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "app/exit_code.hpp"
#include "settings/presets.hpp"

namespace gecko::app {
namespace {

int list_presets() {
    for (const settings::Preset& preset : settings::kPresets) {
        fmt::print("{:<14}{:>5.1f} dB   {}\n", preset.name, preset.preamp_db, preset.intent);
    }
    fmt::print(
        "\n{}\n{}\n",
        "The dB are the preset's preamp: it turns everything down first, so that no frequency comes out",
        "louder than it went in. bass-boost is heard as quieter above 200 Hz, not as louder below.");
    return kOk;
}

}  // namespace

void add_presets_command(CLI::App& cli, std::function<int()>& chosen) {
    cli.add_subcommand("presets", "List the built-in presets")->callback([&chosen] {
        chosen = &list_presets;
    });
}

}  // namespace gecko::app
