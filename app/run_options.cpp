#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "app/run_command.hpp"
#include "dsp/eq_settings.hpp"
#include "engine/engine.hpp"
#include "settings/folders.hpp"

namespace gecko::app {
namespace {

static_assert(settings::kLatencyModes.size() == 3);
static_assert(static_cast<int>(settings::LatencyMode::safe) == static_cast<int>(engine::LatencyMode::safe));

/// What was given on the command line; what was not is as the settings have it.
struct Given {
    std::optional<std::string> preset;
    std::vector<std::string> applications;
    std::optional<double> preamp_db;
    std::optional<double> volume_percent;
    // CLI11 takes a flag that is not there for a no, so a yes and a no are flags of their own.
    bool bypass = false;
    bool no_bypass = false;
    bool take_default = false;
    bool keep_default = false;
    std::optional<std::string> latency;
    std::optional<std::string> output;
    std::string record;
    bool wait = false;
    bool json = false;
};

/// The settings, and on top of them what was given; a sentence for the user where the settings cannot be had.
std::expected<RunOptions, std::string> combined(const Given& given) {
    auto loaded = settings::load_settings(settings::settings_folder());
    if (!loaded) return std::unexpected(loaded.error());
    for (const std::string& words : loaded->messages) fmt::print(stderr, "gecko: {}\n", words);
    RunOptions options{.settings = std::move(loaded->settings),
                       .applications = given.applications,
                       .record = given.record,
                       .wait = given.wait,
                       .json = given.json};
    settings::UserSettings& chosen = options.settings;
    chosen.preset = given.preset.value_or(chosen.preset);
    chosen.preamp_db = given.preamp_db.value_or(chosen.preamp_db);
    chosen.volume_percent = given.volume_percent.value_or(chosen.volume_percent);
    chosen.bypass = given.bypass || (chosen.bypass && !given.no_bypass);
    chosen.output = given.output.value_or(chosen.output);
    chosen.take_default = given.take_default || (chosen.take_default && !given.keep_default);
    if (given.latency) {
        const auto mode = std::ranges::find(settings::kLatencyModes, *given.latency);
        chosen.latency_mode = static_cast<settings::LatencyMode>(mode - settings::kLatencyModes.begin());
    }
    if (options.applications.empty()) {
        for (const settings::ApplicationChoice& own : chosen.applications)
            options.applications.push_back(own.application + "=" + own.preset);
    }
    return options;
}

}  // namespace

void add_run_command(CLI::App& cli, std::function<int()>& chosen) {
    const auto given = std::make_shared<Given>();
    CLI::App* run = cli.add_subcommand("run",
                                       "Equalise what plays, on the default output, until Ctrl-C. What is "
                                       "not given here is as `gecko settings` "
                                       "says");
    run->add_option("--preset", given->preset, "Which of `gecko presets`");
    run->add_option("--app", given->applications,
                    fmt::format("BUNDLE_ID=PRESET or PROCESS_ID=PRESET: an application that is played "
                                "through a preset of its own, "
                                "ahead of --preset, which all go through. Up to {} times",
                                engine::kApplications))
        ->allow_extra_args(false)
        ->type_name("APP=PRESET");
    run->add_option("--preamp", given->preamp_db, "Gain before the bands in dB, on top of the preset's own")
        ->check(CLI::Range(dsp::kMinPreampDb, dsp::kMaxPreampDb));
    run->add_option("--volume", given->volume_percent, "Master volume in percent")
        ->check(CLI::Range(0.0, 100 * engine::kMaxVolume));
    auto* bypass = run->add_flag("--bypass", given->bypass, "Leave the equaliser and the preamp out");
    run->add_flag("--no-bypass", given->no_bypass, "Do not, whatever the settings say")->excludes(bypass);
    run->add_option("--latency", given->latency,
                    "low, normal or safe: how much room is left for audio that comes late (3, 4, 12 ms)")
        ->check(CLI::IsMember(settings::kLatencyModes));
    run->add_option("--output", given->output,
                    "UID (`gecko devices`) of the device to play on first, instead of the default output")
        ->type_name("UID");
    auto* take = run->add_flag("--take-default", given->take_default,
                               "Make Gecko Sink the default output meanwhile, whatever the settings say");
    run->add_flag("--keep-default", given->keep_default,
                  "Leave the default output as it is: only what plays into Gecko Sink by itself is equalised")
        ->excludes(take);
    run->add_option("--record", given->record,
                    "Write what the output is handed to a WAV file of 32-bit floats, for as long as the "
                    "output does not sleep")
        ->type_name("FILE");
    run->add_flag(
        "--wait", given->wait,
        "Wait for what is missing at the start (an output, the driver), as for what goes away later, instead "
        "of ending");
    run->add_flag("--json", given->json, "Print the status as one JSON object a line");
    run->callback([&chosen, given] {
        chosen = [given] {
            const auto options = combined(*given);
            if (options) return app::run(*options);
            fmt::print(stderr, "gecko: {}\n", options.error());
            return int{kRejected};
        };
    });
}

}  // namespace gecko::app
