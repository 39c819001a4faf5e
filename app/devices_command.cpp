#include "app/devices_command.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "app/exit_code.hpp"
#include "platform/backend.hpp"
#include "platform/virtual_devices.hpp"
#include "settings/folders.hpp"

namespace gecko::app {
namespace {

using platform::Capability;
using platform::Device;

struct Found {
    std::string system;
    std::vector<Device> devices;
    platform::Capabilities can;
    platform::Routing routing;
};

/// A device as people know it; its UID if it is not there now.
std::string_view name_of(const Found& found, const std::string& uid) {
    const auto device = std::ranges::find(found.devices, uid, &Device::uid);
    return device != found.devices.end() ? device->name : uid;
}

/// What is special about a device; "" if nothing is.
std::string remark(const Device& device) {
    if (device.contains_sink) return "Gecko Sink is part of it: Gecko cannot play on it";
    if (device.product.empty()) return "";
    return fmt::format("{}, another program's virtual device{}", device.product,
                       device.can_be_source ? "; it can be the source instead of Gecko Sink" : "");
}

std::string answer(const Capability& can) {
    return can.there ? "yes" : fmt::format("no. {}. {}", can.missing, can.remedy);
}

void print_text(const Found& found) {
    for (const Device& device : found.devices) {
        fmt::print("{}{:<24} {:>2} channels  {:>7g} Hz  {:<11}  {}\n", device.is_default_output ? "* " : "  ",
                   device.name, device.output_channels, device.rate_hz, device.transport, device.uid);
        if (const std::string words = remark(device); !words.empty()) fmt::print("      {}\n", words);
    }
    fmt::print(
        "\n{}\nApplications can play into Gecko Sink: {}\nEach application apart from the others: {}\n",
        found.system, answer(found.can.virtual_devices), answer(found.can.per_app_capture));
    const platform::Routing& routing = found.routing;
    if (routing.sink_is_default && !routing.given_back.empty()) {
        fmt::print("Gecko Sink is the default output; when gecko ends, {} is again\n",
                   name_of(found, routing.given_back));
    }
    if (std::ranges::any_of(found.devices, &Device::can_be_source)) {
        fmt::print("\nWith another program's device as the source (`gecko settings source UID`): {}\n",
                   platform::kLoopbackCost);
    }
}

nlohmann::json as_json(const Capability& can) {
    return {{"there", can.there}, {"missing", can.missing}, {"remedy", can.remedy}};
}

void print_json(const Found& found) {
    nlohmann::json devices = nlohmann::json::array();
    for (const Device& device : found.devices) {
        devices.push_back({{"uid", device.uid},
                           {"name", device.name},
                           {"transport", device.transport},
                           {"rate", device.rate_hz},
                           {"output_channels", device.output_channels},
                           {"input_channels", device.input_channels},
                           {"is_default", device.is_default_output},
                           {"is_gecko_sink", device.is_gecko_sink},
                           {"can_be_played_on", !device.is_gecko_sink && !device.contains_sink},
                           {"product", device.product},
                           {"can_be_source", device.can_be_source}});
    }
    const nlohmann::json all{{"system", found.system},
                             {"devices", devices},
                             {"virtual_devices", as_json(found.can.virtual_devices)},
                             {"per_app_capture", as_json(found.can.per_app_capture)},
                             {"default_output", found.routing.default_output},
                             {"sink_is_default", found.routing.sink_is_default},
                             {"given_back", found.routing.given_back}};
    // A device's name may be any bytes.
    fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

int list_devices(bool json) {
    const auto backend = platform::make_backend();
    auto devices = backend->devices();
    auto routing = backend->routing(settings::state_folder());
    if (!devices || !routing) {
        const platform::PlatformError& error = devices ? routing.error() : devices.error();
        fmt::print(stderr, "gecko: {}\n       {}\n", error.message(), error.advice());
        return kNotRunning;
    }
    const Found found{.system = std::string(backend->name()),
                      .devices = *std::move(devices),
                      .can = backend->capabilities(),
                      .routing = *std::move(routing)};
    json ? print_json(found) : print_text(found);
    return kOk;
}

}  // namespace

void add_devices_command(CLI::App& cli, std::function<int()>& chosen) {
    const auto json = std::make_shared<bool>(false);
    CLI::App* devices =
        cli.add_subcommand("devices", "List the devices that can play, and what Gecko can do here");
    devices->add_flag("--json", *json, "Print it as one JSON object");
    devices->callback([&chosen, json] { chosen = [json] { return list_devices(*json); }; });
}

}  // namespace gecko::app
