#include "app/driver_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/exit_code.hpp"
#include "app/scripts.hpp"
#include "platform/backend.hpp"

namespace gecko::app {
namespace {

int tell_of_driver(bool trying) {
    const auto backend = platform::make_backend();
    const auto facts = trying ? backend->try_shared_memory() : backend->driver_facts();
    if (!facts) {
        fmt::print(stderr, "gecko: {}\n       {}\n", facts.error().message(), facts.error().advice());
        return kNotRunning;
    }
    for (const platform::DriverFact& fact : *facts) fmt::print("{}: {}\n", fact.name, fact.value);
    return kOk;
}

/// What the scripts of packaging/macos do.
void add_scripts(CLI::App& driver, std::function<int()>& chosen) {
    CLI::App* install = driver.add_subcommand(
        "install", "Install the driver that came with this gecko, or another version of it (macOS)");
    const auto bundle = std::make_shared<std::string>();
    const auto publish = std::make_shared<bool>(false);
    install->add_option("bundle", *bundle, "GeckoAudioDevice.driver, if it is another one")
        ->type_name("BUNDLE");
    install->add_flag(
        "--publish", *publish,
        "Let every program of this computer hear what is played, under a fixed name (docs/security.md)");
    install->callback([&chosen, bundle, publish] {
        chosen = [bundle, publish] {
            std::vector<std::string> words;
            if (*publish) words.emplace_back("--publish");
            if (!bundle->empty()) words.push_back(bundle->starts_with('-') ? "./" + *bundle : *bundle);
            return run_script("install.sh", words);
        };
    });
    CLI::App* uninstall =
        driver.add_subcommand("uninstall", "Give the default output back and remove the driver (macOS)");
    const auto purge = std::make_shared<bool>(false);
    uninstall->add_flag("--purge", *purge, "Remove this user's settings, too");
    uninstall->callback([&chosen, purge] {
        chosen = [purge] {
            return run_script("uninstall.sh",
                              *purge ? std::vector<std::string>{"--purge"} : std::vector<std::string>{});
        };
    });
    driver.add_subcommand("status", "What is installed, whether it is at work, and what to do (macOS)")
        ->callback([&chosen] { chosen = [] { return run_script("status.sh", {}); }; });
    driver.add_subcommand("restart", "Restart the audio server; all sound stops for a second or two (macOS)")
        ->callback([&chosen] { chosen = [] { return run_script("restart.sh", {}); }; });
}

}  // namespace

void add_driver_command(CLI::App& cli, std::function<int()>& chosen) {
    CLI::App* driver = cli.add_subcommand(
        "driver",
        "Install and remove the driver; alone: what it says of itself, for finding out what is wrong");
    driver->require_subcommand(0, 1);
    const auto trying = std::make_shared<bool>(false);
    driver->add_flag("--try", *trying,
                     "Hand it shared memory of different permissions in turn, and say what it made of each. "
                     "Not while `gecko run` runs");
    add_scripts(*driver, chosen);
    driver->callback([&chosen, driver, trying] {
        if (driver->get_subcommands().empty()) chosen = [trying] { return tell_of_driver(*trying); };
    });
}

}  // namespace gecko::app
