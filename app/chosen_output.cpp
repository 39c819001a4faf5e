#include "app/chosen_output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/status_printer.hpp"
#include "platform/backend.hpp"

namespace gecko::app {

std::string missing_output(platform::PlatformBackend& backend, const std::string& uid,
                           std::string_view meanwhile) {
    if (uid.empty()) return "";
    const auto devices = backend.devices();
    if (!devices) return "";
    const auto hears_itself = [](const platform::Device& device) {
        return device.is_gecko_sink || device.contains_sink;
    };
    const auto chosen = std::ranges::find(*devices, uid, &platform::Device::uid);
    const bool there = chosen != devices->end();
    if (there && !hears_itself(*chosen)) return "";
    std::string known;
    for (const platform::Device& device : *devices) {
        if (hears_itself(device)) continue;
        known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", device.uid, device.name);
    }
    return printable(fmt::format(
        "{}; playing on {}{}. The outputs are: {}",
        there ? fmt::format("{} cannot be played on, since Gecko Sink is part of it", chosen->name)
              : fmt::format("no output \"{}\" is there now", uid),
        meanwhile, there ? "" : " until it appears", known));
}

}  // namespace gecko::app
