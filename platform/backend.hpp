#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "engine/output_tap.hpp"
#include "platform/error.hpp"

namespace gecko::platform {

/// What Gecko can do on this system now, and why not where it cannot.
struct Capabilities {
    bool virtual_devices = false;  ///< applications can play into Gecko Sink
    bool per_app_capture = false;  ///< each application's audio comes apart from the others'
    std::string missing;           ///< what is missing and what would give it; "" if nothing
};

struct Device {
    std::string uid;  ///< stable across restarts
    std::string name;
    double rate_hz = 0;  ///< nominal
    std::uint32_t output_channels = 0;
    bool is_gecko_sink = false;
    bool is_default_output = false;
};

/// Something that can be said of the driver: what, and its value, both for people.
struct DriverFact {
    std::string name;
    std::string value;
};

/// How the path is to be kept.
struct PathOptions {
    engine::LatencyMode latency = engine::LatencyMode::normal;
    bool take_default = true;  ///< Gecko Sink is the system's default output meanwhile
    std::string output;        ///< UID of the device to play on first; "": the one that is the default
    std::filesystem::path
        state_folder;  ///< for the note of the former default (FormerDefault); "": none is kept
};

/// Where the audio path stands.
struct Connection {
    bool attached = false;                 ///< to the driver
    bool running = false;                  ///< the output pulls, and what is played is heard whole
    bool asleep = false;                   ///< nothing to hear: the output is stopped until there is
    bool is_default = false;               ///< Gecko Sink is the system's default output
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
    [[nodiscard]] virtual std::expected<std::vector<Device>, PlatformError> devices() = 0;

    /// What the driver says of itself. For finding out why something does not work.
    [[nodiscard]] virtual std::expected<std::vector<DriverFact>, PlatformError> driver_facts() = 0;
    /// Hands the driver shared memory with permissions of different kinds in turn, and tells what it made of each. Nobody may be
    /// attached meanwhile; afterwards nobody is.
    [[nodiscard]] virtual std::expected<std::vector<DriverFact>, PlatformError> try_shared_memory() = 0;

    /// Attaches `engine` to what applications play and to the output, and keeps it so until stop(): another output that is
    /// chosen, rates and volumes are followed, what goes away is waited for and taken up again. `engine` outlives stop(). Fails where the first try fails.
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
