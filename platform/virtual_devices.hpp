#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gecko::platform {

/// Another program's virtual device, as far as it is known.
struct VirtualDevice {
    enum class Match : std::uint8_t {
        uid,           ///< the device's UID is `key`
        uid_begins,    ///< the device's UID begins with `key`
        manufacturer,  ///< the device's manufacturer begins with `key`
    };

    Match match;
    std::string_view key;
    std::string_view product;  ///< what people call it
    std::string_view
        application;  ///< the program to name when it takes the default; "" if the device comes alone
    bool
        loops_back;  ///< what is played into it comes out of its input: it can be the source instead of the driver

    /// Whether its program plays what it is given on what the default output was before.
    [[nodiscard]] constexpr bool plays_on() const noexcept { return !application.empty() && !loops_back; }
};

/// All that are known. The first that fits counts.
std::span<const VirtualDevice> virtual_devices() noexcept;

/// Whose virtual device this is; null if it is none that is known.
const VirtualDevice* recognise_virtual_device(std::string_view uid, std::string_view manufacturer) noexcept;

/// Whether a device can be the source instead of Gecko's driver.
bool can_be_source(std::string_view uid, std::string_view manufacturer,
                   std::uint32_t input_channels) noexcept;

/// What a loopback device as the source costs, for people.
inline constexpr std::string_view kLoopbackCost =
    "Reading a loopback device is recording to macOS: it asks for the microphone permission, shows the "
    "orange dot while gecko runs, and "
    "without the permission there is only silence. Applications come as one mix, and cannot have presets of "
    "their own.";

}  // namespace gecko::platform
