#include "app/devices_command.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "app/exit_code.hpp"
#include "platform/backend.hpp"

namespace gecko::app {
namespace {

int list_devices() {
    const auto backend = platform::make_backend();
    const auto devices = backend->devices();
    if (!devices) {
        fmt::print(stderr, "gecko: {}\n       {}\n", devices.error().message(), devices.error().advice());
        return kNotRunning;
    }
    for (const platform::Device& device : *devices) {
        fmt::print("{}{:<24} {:>2} channels  {:>7g} Hz  {}\n", device.is_default_output ? "* " : "  ",
                   device.name, device.output_channels, device.rate_hz, device.uid);
    }
    const platform::Capabilities can = backend->capabilities();
    fmt::print("\n{}: applications {} play into Gecko Sink; each on its own: {}.\n", backend->name(),
               can.virtual_devices ? "can" : "cannot", can.per_app_capture ? "yes" : "no");
    if (!can.missing.empty()) fmt::print("{}\n", can.missing);
    return kOk;
}

}  // namespace

void add_devices_command(CLI::App& cli, std::function<int()>& chosen) {
    cli.add_subcommand("devices", "List the devices that can play, and what Gecko can do here")
        ->callback([&chosen] { chosen = &list_devices; });
}

}  // namespace gecko::app
