#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/run_command.hpp"
#include "dsp/eq_settings.hpp"
#include "engine/engine.hpp"

namespace gecko::app {

void add_run_command(CLI::App& cli, std::function<int()>& chosen) {
    const auto options = std::make_shared<RunOptions>();
    CLI::App* run = cli.add_subcommand(
        "run", "Equalise what is played into Gecko Sink, on the default output, until Ctrl-C");
    run->add_option("--preset", options->preset, "Which of `gecko presets`")->capture_default_str();
    run->add_option("--app", options->applications,
                    fmt::format("BUNDLE_ID=PRESET or PROCESS_ID=PRESET: an application that is played "
                                "through a preset of its own, "
                                "ahead of --preset, which all go through. Up to {} times",
                                engine::kApplications))
        ->allow_extra_args(false)
        ->type_name("APP=PRESET");
    run->add_option("--preamp", options->preamp_db, "Gain before the bands in dB, on top of the preset's own")
        ->check(CLI::Range(dsp::kMinPreampDb, dsp::kMaxPreampDb))
        ->capture_default_str();
    run->add_option("--volume", options->volume_percent, "Master volume in percent")
        ->check(CLI::Range(0.0, 100 * engine::kMaxVolume))
        ->capture_default_str();
    run->add_flag("--bypass", options->bypass, "Leave the equaliser and the preamp out");
    run->add_option("--latency", options->latency,
                    "low, normal or safe: how much room is left for audio that comes late (3, 4, 12 ms)")
        ->check(CLI::IsMember({"low", "normal", "safe"}))
        ->capture_default_str();
    run->add_option("--output", options->output,
                    "UID (`gecko devices`) of the device to play on first, instead of the default output")
        ->type_name("UID");
    run->add_flag("!--keep-default", options->take_default,
                  "Leave the default output as it is: only what plays into Gecko Sink by itself is equalised");
    run->add_option("--record", options->record,
                    "Write what the output is handed to a WAV file of 32-bit floats, for as long as the "
                    "output does not sleep")
        ->type_name("FILE");
    run->add_flag("--json", options->json, "Print the status as one JSON object a line");
    run->callback([&chosen, options] { chosen = [options] { return app::run(*options); }; });
}

}  // namespace gecko::app
