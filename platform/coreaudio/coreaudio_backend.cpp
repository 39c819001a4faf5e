#include "platform/coreaudio/coreaudio_backend.hpp"

#include <algorithm>

#include "platform/coreaudio/driver_link.hpp"
#include "platform/coreaudio/driver_state.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "platform/coreaudio/processes.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kHeartbeat = std::chrono::seconds(1);
constexpr HostTime kFirstTry = std::chrono::seconds(10);

/// Gecko Sink; that it is not there is an error.
std::expected<AudioObjectID, PlatformError> find_sink() {
    const auto sink = device_with_uid(shm::kDeviceUid);
    if (!sink || *sink != kAudioObjectUnknown) return sink;
    return std::unexpected(PlatformError{.kind = PlatformError::Kind::plugin_not_installed, .cause = {}});
}

}  // namespace

CoreAudioBackend::CoreAudioBackend() : names_(std::make_unique<SystemProcesses>()) {}

CoreAudioBackend::~CoreAudioBackend() {
    CoreAudioBackend::stop();
}

Capabilities CoreAudioBackend::capabilities() {
    const auto sink = find_sink();
    if (!sink) return capabilities_with(std::unexpected(sink.error()));
    return capabilities_with(driver_state(*sink));
}

std::expected<std::vector<Device>, PlatformError> CoreAudioBackend::devices() {
    return list_devices();
}

std::expected<Routing, PlatformError> CoreAudioBackend::routing(const std::filesystem::path& state_folder) {
    const auto sink = device_with_uid(shm::kDeviceUid);
    if (!sink) return std::unexpected(sink.error());
    const AudioObjectID preferred = coreaudio::default_output();
    const Connection now = connection();
    return Routing{.played_on = now.running || now.asleep ? now.output_uid : "",
                   .default_output = preferred != kAudioObjectUnknown ? device_uid(preferred) : "",
                   .sink_is_default = preferred != kAudioObjectUnknown && preferred == *sink,
                   .given_back = FormerDefault(state_folder).read()};
}

std::vector<PlayingApplication> CoreAudioBackend::applications(
    std::span<const engine::ApplicationStatus> playing) {
    return names_.name(playing);
}

std::expected<std::vector<DriverFact>, PlatformError> CoreAudioBackend::driver_facts() {
    const auto sink = find_sink();
    if (!sink) return std::unexpected(sink.error());
    return coreaudio::driver_facts(*sink);
}

std::expected<std::vector<DriverFact>, PlatformError> CoreAudioBackend::try_shared_memory() {
    const auto sink = find_sink();
    if (!sink) return std::unexpected(sink.error());
    return DriverLink::try_modes(*sink);
}

std::expected<void, PlatformError> CoreAudioBackend::start(engine::Engine& engine, const PathOptions& options,
                                                           std::function<void()> changed) {
    stop();
    Bell::instance().take();
    follower_ = std::make_unique<Follower>(engine, options, tap_, std::move(changed));
    ending_ = false;
    heart_ = std::thread([this] { keep_beating(); });
    // Who waits for start() plays from then on, and is heard from the first frame.
    const HostTime until = host_now() + kFirstTry;
    HostTime next = step();
    while (!follower_->connection().running && !follower_->connection().problem && host_now() < until) {
        Bell::instance().wait(std::min(next, until));
        next = step();
    }
    thread_ = std::thread([this, next] { run(next); });
    if (const auto problem = follower_->connection().problem; problem && !options.wait) {
        stop();
        return std::unexpected(*problem);
    }
    return {};
}

void CoreAudioBackend::stop() {
    if (!follower_) return;
    Bell::instance().ring(&Call::ending);
    thread_.join();
    {
        const std::lock_guard lock(beat_mutex_);
        ending_ = true;
    }
    no_more_beats_.notify_all();
    heart_.join();
    follower_.reset();
}

std::expected<void, PlatformError> CoreAudioBackend::give_default_back(
    const std::filesystem::path& state_folder) {
    return coreaudio::give_default_back(FormerDefault(state_folder), OutputChoice());
}

Connection CoreAudioBackend::connection() const {
    return follower_ ? follower_->connection() : Connection{};
}

HostTime CoreAudioBackend::step() {
    const Call call = Bell::instance().take();
    if (call.ending) follower_->finish();
    return follower_->step(host_now(), call);
}

void CoreAudioBackend::run(HostTime next) {
    while (!follower_->finished()) {
        Bell::instance().wait(next);
        next = step();
    }
}

void CoreAudioBackend::keep_beating() {
    std::unique_lock lock(beat_mutex_);
    while (!no_more_beats_.wait_for(lock, kHeartbeat, [this] { return ending_; })) {
        follower_->beat();
        Bell::instance().ring(&Call::beat);
    }
}

}  // namespace gecko::platform::coreaudio

namespace gecko::platform {

std::unique_ptr<PlatformBackend> make_backend() {
    return std::make_unique<coreaudio::CoreAudioBackend>();
}

}  // namespace gecko::platform
