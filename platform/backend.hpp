#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "engine/output_tap.hpp"
#include "platform/application_names.hpp"
#include "platform/error.hpp"

namespace gecko::platform {

/// Something that Gecko can do here now, or why not. The texts are sentences for people, "" where it can.
struct Capability {
    bool there = false;
    std::string missing;  ///< what is missing
    std::string remedy;   ///< what would give it
};

struct Capabilities {
    Capability virtual_devices;  ///< applications can play into Gecko Sink
    Capability per_app_capture;  ///< each application's audio comes apart from the others'
};

/// A device that can play.
struct Device {
    std::string uid;  ///< stable across restarts
    std::string name;
    std::string transport;  ///< for people: "built-in", "USB", "virtual", ...
    double rate_hz = 0;     ///< nominal
    std::uint32_t output_channels = 0;
    std::uint32_t input_channels = 0;
    bool is_gecko_sink = false;
    bool is_default_output = false;
    bool contains_sink = false;  ///< an aggregate that Gecko cannot play on: it would hear itself
    std::string product;  ///< whose virtual device it is, if it is another program's that is known; else ""
    bool can_be_source = false;  ///< what is played into it can be read, instead of Gecko Sink's
};

/// Where sound goes.
struct Routing {
    std::string played_on;         ///< UID of the output that this program plays on; "" if it does not play
    std::string default_output;    ///< UID; "" if there is none
    bool sink_is_default = false;  ///< what applications play goes through Gecko
    std::string
        given_back;  ///< UID of what becomes the default again when gecko ends; "" if nothing is noted
};

/// Something that can be said of the driver: what, and its value, both for people.
struct DriverFact {
    std::string name;
    std::string value;
};

/// How the path is to be kept.
struct PathOptions {
    engine::LatencyMode latency = engine::LatencyMode::normal;
    bool wait = false;         ///< start() waits for what is missing instead of failing
    bool take_default = true;  ///< Gecko Sink is the system's default output meanwhile
    std::string source;        ///< UID of a loopback device to read from; "": Gecko's driver
    std::string output;        ///< UID of the device to play on first; "": the one that is the default
    std::filesystem::path
        state_folder;  ///< for the note of the former default (FormerDefault); "": none is kept
};

/// Where the audio path stands.
struct Connection {
    bool attached = false;                 ///< to the driver
    bool running = false;                  ///< the output pulls, and what is played is heard whole
    bool asleep = false;                   ///< nothing to hear: the output is stopped until there is
    bool is_default = false;               ///< the source is the system's default output
    std::string source;                    ///< name of the device that applications play into
    std::string output;                    ///< name of the device played on
    std::string output_uid;                ///< its UID
    double rate_hz = 0;                    ///< nominal rate of driver and output
    std::optional<PlatformError> problem;  ///< what keeps it from running
    std::optional<PlatformError> notice;   ///< what does not, but was to be otherwise

    friend bool operator==(const Connection&, const Connection&) = default;
};

/// The system's audio: one interface for every platform. Control threads only, one at a time.
class PlatformBackend {
  public:
    virtual ~PlatformBackend() = default;

    /// "CoreAudio", ...
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual Capabilities capabilities() = 0;
    [[nodiscard]] bool supports_virtual_devices() { return capabilities().virtual_devices.there; }
    [[nodiscard]] bool supports_per_app_capture() { return capabilities().per_app_capture.there; }

    /// All that can play, in the system's order.
    [[nodiscard]] virtual std::expected<std::vector<Device>, PlatformError> devices() = 0;
    /// Of these, the one that is the default, and Gecko Sink; nothing if there is none.
    [[nodiscard]] std::expected<std::optional<Device>, PlatformError> default_output();
    [[nodiscard]] std::expected<std::optional<Device>, PlatformError> virtual_sink();
    /// state_folder  where it is noted what is given back (PathOptions)
    [[nodiscard]] virtual std::expected<Routing, PlatformError> routing(
        const std::filesystem::path& state_folder) = 0;
    /// Whose processes these are, for people: those that the engine says play into Gecko Sink. Each is looked up once, while it plays.
    [[nodiscard]] virtual std::vector<PlayingApplication> applications(
        std::span<const engine::ApplicationStatus> playing) = 0;

    /// What the driver says of itself. For finding out why something does not work.
    [[nodiscard]] virtual std::expected<std::vector<DriverFact>, PlatformError> driver_facts() = 0;
    /// Hands the driver shared memory with permissions of different kinds in turn, and tells what it made of each. Nobody may be
    /// attached meanwhile; afterwards nobody is.
    [[nodiscard]] virtual std::expected<std::vector<DriverFact>, PlatformError> try_shared_memory() = 0;

    /// Attaches `engine` to what applications play and to the output, and keeps it so until stop(): another output that is
    /// chosen, rates and volumes are followed, what goes away is waited for and taken up again. `engine` outlives stop(). Fails where the first try fails, unless it is to wait.
    ///
    /// With nothing to hear for engine::IdleWatch::kPatience the output stops; what comes then is heard from its first frame.
    /// `changed` is called when connection() has become another: on any thread, once more after stop() perhaps.
    [[nodiscard]] virtual std::expected<void, PlatformError> start(engine::Engine& engine,
                                                                   const PathOptions& options,
                                                                   std::function<void()> changed) = 0;
    /// From the next start() on `tap` is given all that the output is handed; null: nobody is. It outlives stop().
    virtual void record(engine::OutputTap* tap) = 0;
    /// Gives the default output back, fades out, stops the output, detaches. Nothing if not started.
    virtual void stop() = 0;
    /// Gives the default output back that a gecko which no longer runs had taken, by its note in `state_folder`. Nothing where Gecko Sink is not
    /// the default.
    [[nodiscard]] virtual std::expected<void, PlatformError> give_default_back(
        const std::filesystem::path& state_folder) = 0;
    [[nodiscard]] virtual Connection connection() const = 0;
};

/// The backend of this system.
std::unique_ptr<PlatformBackend> make_backend();

}  // namespace gecko::platform
