#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "app/run_command.hpp"
#include "dsp/eq_settings.hpp"
#include "engine/engine.hpp"
#include "platform/backend.hpp"
#include "settings/presets.hpp"

namespace {

using namespace gecko;

int list_presets() {
    for (const settings::Preset& preset : settings::kPresets) {
        fmt::print("{:<14}{:>5.1f} dB   {}\n", preset.name, preset.preamp_db, preset.intent);
    }
    fmt::print(
        "\n{}\n{}\n",
        "The dB are the preset's preamp: it turns everything down first, so that no frequency comes out",
        "louder than it went in. bass-boost is heard as quieter above 200 Hz, not as louder below.");
    return app::kOk;
}

int list_devices() {
    const auto backend = platform::make_backend();
    const auto devices = backend->devices();
    if (!devices) {
        fmt::print(stderr, "gecko: {}\n       {}\n", devices.error().message(), devices.error().advice());
        return app::kNotRunning;
    }
    for (const platform::Device& device : *devices) {
        fmt::print("{}{:<24} {:>2} channels  {:>7g} Hz  {}\n", device.is_default_output ? "* " : "  ",
                   device.name, device.output_channels, device.rate_hz, device.uid);
    }
    const platform::Capabilities can = backend->capabilities();
    fmt::print("\n{}: applications {} play into Gecko Sink; each on its own: {}.\n", backend->name(),
               can.virtual_devices ? "can" : "cannot", can.per_app_capture ? "yes" : "no");
    if (!can.missing.empty()) fmt::print("{}\n", can.missing);
    return app::kOk;
}

int tell_of_driver(bool trying) {
    const auto backend = platform::make_backend();
    const auto facts = trying ? backend->try_shared_memory() : backend->driver_facts();
    if (!facts) {
        fmt::print(stderr, "gecko: {}\n       {}\n", facts.error().message(), facts.error().advice());
        return app::kNotRunning;
    }
    for (const platform::DriverFact& fact : *facts) fmt::print("{}: {}\n", fact.name, fact.value);
    return app::kOk;
}

/// No command was understood: says what was, and which there are.
int no_command(const CLI::App& cli) {
    std::string commands;
    for (const CLI::App* command : cli.get_subcommands([](const CLI::App*) { return true; })) {
        commands += (commands.empty() ? "" : ", ") + command->get_name();
    }
    const auto words = cli.remaining();
    if (words.empty()) {
        fmt::print(stderr, "gecko: No command was given. The commands are: {}. `gecko --help` says more.\n",
                   commands);
    } else {
        fmt::print(stderr, "gecko: There is no {} \"{}\". The commands are: {}. `gecko --help` says more.\n",
                   words.front().starts_with('-') ? "option" : "command", words.front(), commands);
    }
    return app::kUsage;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli("Gecko: an equaliser for everything a computer plays.", "gecko");
    cli.set_version_flag("--version", std::string("gecko " GECKO_VERSION));
    cli.require_subcommand(1);
    cli.footer(
        "Exit codes: 0 ok, 1 usage, 2 audio server or driver not available, 3 value or file rejected.");

    app::RunOptions options;
    CLI::App* run = cli.add_subcommand(
        "run", "Equalise what is played into Gecko Sink, on the default output, until Ctrl-C");
    run->add_option("--preset", options.preset, "Which of `gecko presets`")->capture_default_str();
    run->add_option("--app", options.applications,
                    fmt::format("BUNDLE_ID=PRESET or PROCESS_ID=PRESET: an application that is played "
                                "through a preset of its own, "
                                "ahead of --preset, which all go through. Up to {} times",
                                engine::kApplications))
        ->allow_extra_args(false)
        ->type_name("APP=PRESET");
    run->add_option("--preamp", options.preamp_db, "Gain before the bands in dB, on top of the preset's own")
        ->check(CLI::Range(dsp::kMinPreampDb, dsp::kMaxPreampDb))
        ->capture_default_str();
    run->add_option("--volume", options.volume_percent, "Master volume in percent")
        ->check(CLI::Range(0.0, 100 * engine::kMaxVolume))
        ->capture_default_str();
    run->add_flag("--bypass", options.bypass, "Leave the equaliser and the preamp out");
    run->add_option("--record", options.record,
                    "Write what the output is handed to a WAV file of 32-bit floats, for as long as the "
                    "output does not sleep")
        ->type_name("FILE");
    run->add_flag("--json", options.json, "Print the status as one JSON object a line");
    const CLI::App* presets = cli.add_subcommand("presets", "List the built-in presets");
    const CLI::App* devices =
        cli.add_subcommand("devices", "List the devices that can play, and what Gecko can do here");
    CLI::App* driver =
        cli.add_subcommand("driver", "What the driver says of itself, for finding out what is wrong");
    bool trying = false;
    driver->add_flag("--try", trying,
                     "Hand it shared memory of different permissions in turn, and say what it made of each. "
                     "Not while `gecko run` runs");

    try {
        cli.parse(argc, argv);
    } catch (const CLI::RequiredError&) {
        return no_command(cli);
    } catch (const CLI::ValidationError& error) {
        cli.exit(error);
        return app::kRejected;
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? app::kOk : app::kUsage;
    }
    if (presets->parsed()) return list_presets();
    if (devices->parsed()) return list_devices();
    if (driver->parsed()) return tell_of_driver(trying);
    return app::run(options);
}
