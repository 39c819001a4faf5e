#include "app/driver_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/exit_code.hpp"
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

}  // namespace

void add_driver_command(CLI::App& cli, std::function<int()>& chosen) {
    CLI::App* driver =
        cli.add_subcommand("driver", "What the driver says of itself, for finding out what is wrong");
    const auto trying = std::make_shared<bool>(false);
    driver->add_flag("--try", *trying,
                     "Hand it shared memory of different permissions in turn, and say what it made of each. "
                     "Not while `gecko run` runs");
    driver->callback([&chosen, trying] { chosen = [trying] { return tell_of_driver(*trying); }; });
}

}  // namespace gecko::app
