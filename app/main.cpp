#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "app/autostart_command.hpp"
#include "app/devices_command.hpp"
#include "app/doctor_command.hpp"
#include "app/driver_command.hpp"
#include "app/exit_code.hpp"
#include "app/guard.hpp"
#include "app/presets_command.hpp"
#include "app/run_command.hpp"
#include "app/settings_command.hpp"

namespace {

using namespace gecko;

/// No command was understood: says what was, and which there are.
int no_command(const CLI::App& cli) {
    std::string commands;
    for (const CLI::App* command :
         cli.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); })) {
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
        "Exit codes: 0 ok; 1 usage; 2 audio server or driver not available, another gecko runs, or, for "
        "doctor, "
        "driver and autostart, something is wrong or a step failed; 3 value or file rejected, for driver "
        "rights are "
        "missing, for driver and autostart it is not there on this system; 4, for driver, another "
        "installation runs "
        "or gecko does not end.");

    std::function<int()> chosen;
    app::add_run_command(cli, chosen);
    app::add_presets_command(cli, chosen);
    app::add_devices_command(cli, chosen);
    app::add_driver_command(cli, chosen);
    app::add_settings_command(cli, chosen);
    app::add_autostart_command(cli, chosen);
    app::add_doctor_command(cli, chosen);
    // For gecko itself: not to be called by people.
    cli.add_subcommand("guard")->group("")->callback([&chosen] { chosen = app::guard; });

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
    return chosen();
}
