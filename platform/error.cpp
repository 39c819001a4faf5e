#include "platform/error.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace gecko::platform {
namespace {

using Kind = PlatformError::Kind;

struct Words {
    Kind kind;
    const char* message;  // {} is the cause
    const char* advice;
};

// The first four messages are fixed word for word (design, "Errors").
constexpr auto kWords = std::to_array<Words>({
    {Kind::plugin_not_installed, "HAL plugin not installed",
     "On a Mac install it with `gecko driver install`, which restarts the audio server. Elsewhere give "
     "minihald the folder that has "
     "GeckoAudioDevice.driver in it (--plugins), or use `make run`, which does it all."},
    {Kind::shm_open_failed, "Failed to open shared memory: {}",
     "Look for free space in /dev/shm and for limits on open files, and run gecko as the user who is logged "
     "in at the console."},
    {Kind::mmap_failed, "Failed to map shared memory: {}",
     "Look for free memory and for limits on it (ulimit -v)."},
    {Kind::daemon_restart_required, "Audio daemon restart required",
     "The audio server runs a driver that is older than this gecko: {}. Install the driver that came with "
     "this "
     "gecko, if it is not there yet (on a Mac `gecko driver install`), and restart the audio server, or the "
     "computer."},
    {Kind::app_outdated, "Gecko is older than its driver: {}",
     "Update gecko, or install the driver that came with this one and restart the audio server."},
    {Kind::server_not_running, "The audio server is not running",
     "On a Mac launchd starts coreaudiod by itself. Elsewhere start minihald, or use `make run`, which "
     "starts all there is to start."},
    {Kind::driver_taken, "Another program is attached to Gecko Sink: {}",
     "Quit it first; only one can equalise at a time."},
    {Kind::source_unusable, "The source cannot be read: {}",
     "`gecko devices` shows which devices can be the source; `gecko settings --reset source` goes back to "
     "Gecko Sink."},
    {Kind::no_output, "There is no output device to play on", "Connect or switch on an output device."},
    {Kind::device_refused, "A device refused: {}",
     "Choose another output or another sample rate, and try again."},
    {Kind::output_contains_sink,
     "Gecko cannot play on {}: Gecko Sink is part of it, so that it would hear itself",
     "It goes on where it played before. Take Gecko Sink out of that device (Audio MIDI Setup), or choose "
     "another output."},
    {Kind::output_plays_on,
     "Gecko does not play on {}: its program would play that into Gecko Sink, and so on round and round",
     "It goes on where it played before. Quit that program, or let it play by itself without Gecko."},
    {Kind::default_not_noted, "The default output is left as it is: {} cannot be written",
     "Make room there, or make that folder yours, and start gecko again: without this note nobody could give "
     "the default output back after a crash. Until then choose Gecko Sink as the output by hand."},
    {Kind::default_contested, "{} the default output again and again; Gecko lets it be",
     "What applications play goes past Gecko now. Quit the program that does it, and choose Gecko Sink as "
     "the output."},
    {Kind::not_at_console, "The console user is somebody else",
     "Gecko plays for whoever sits at the computer, and goes on when that is this user again."},
});

const Words& words_of(Kind kind) {
    for (const Words& words : kWords) {
        if (words.kind == kind) return words;
    }
    std::unreachable();
}

}  // namespace

std::string PlatformError::message() const {
    return fmt::format(fmt::runtime(words_of(kind).message), cause);
}

std::string PlatformError::advice() const {
    return fmt::format(fmt::runtime(words_of(kind).advice), cause);
}

}  // namespace gecko::platform
