#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "platform/error.hpp"

namespace gecko::platform {

/// A device with all that a support person would ask for.
struct InspectedDevice {
    std::string uid;
    std::string name;
    std::string manufacturer;
    std::string transport;      ///< four characters: "bltn", "usb ", "blue", "virt", "grup", ...
    double rate_hz = 0;         ///< nominal
    std::uint32_t outputs = 0;  ///< channels
    std::uint32_t inputs = 0;   ///< channels
    bool hidden = false;
    bool is_default_output = false;
    bool is_gecko_sink = false;
};

/// What the audio server says, without changing anything.
struct Inspection {
    std::vector<InspectedDevice> devices;  ///< as the server lists them
    bool sink_known = false;               ///< the server translates Gecko Sink's UID: the driver is loaded
    std::optional<double> sink_volume;     ///< scalar 0..1
    std::optional<bool> sink_muted;
    /// The driver's state by its keys (shm/attach.hpp); empty if it says nothing.
    std::map<std::string, std::variant<bool, double, std::string>> driver;
};

/// Asks this system's audio server. The error where none answers. Control threads.
std::expected<Inspection, PlatformError> inspect_audio();

}  // namespace gecko::platform
