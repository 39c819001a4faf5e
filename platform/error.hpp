#pragma once

#include <cstdint>
#include <string>

namespace gecko::platform {

/// Why there is no sound, in the words of every system.
struct PlatformError {
    enum class Kind : std::uint8_t {
        plugin_not_installed,     ///< the audio server knows no Gecko Sink
        shm_open_failed,          ///< a segment could not be created here, or not be opened by the driver
        mmap_failed,              ///< the same of mapping it
        daemon_restart_required,  ///< the driver is older than this program
        app_outdated,             ///< the driver is newer than this program
        server_not_running,       ///< no audio server answers
        driver_taken,             ///< another program is attached to the driver
        source_unusable,          ///< the device to read from is not there, or is no loopback
        no_output,                ///< no device to play on
        device_refused,           ///< a device refused a rate or to start
        output_contains_sink,     ///< somebody chose an output that would play into Gecko Sink itself
        output_plays_on,  ///< somebody chose another program's device, which is played on where Gecko Sink is
        default_not_noted,  ///< there would be no note of the former default: Gecko Sink does not take its place
        default_contested,  ///< something else makes another device the default again and again
        not_at_console,     ///< another user sits at the machine
    };

    Kind kind;
    std::string cause;  ///< what the system or the driver said; "" where the kind says all

    /// What happened, on one line.
    [[nodiscard]] std::string message() const;
    /// What to do next, on one line.
    [[nodiscard]] std::string advice() const;

    friend bool operator==(const PlatformError&, const PlatformError&) = default;
};

}  // namespace gecko::platform
