#include "platform/coreaudio/coreaudio_backend.hpp"

#include <algorithm>

#include "platform/coreaudio/hardware.hpp"
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

CoreAudioBackend::~CoreAudioBackend() {
    CoreAudioBackend::stop();
}

Capabilities CoreAudioBackend::capabilities() {
    const auto sink = device_with_uid(shm::kDeviceUid);
    if (!sink) return {.missing = sink.error().message() + ". " + sink.error().advice()};
    if (*sink == kAudioObjectUnknown) {
        const PlatformError error{.kind = PlatformError::Kind::plugin_not_installed, .cause = {}};
        return {.missing = error.message() + ". " + error.advice()};
    }
    return {.virtual_devices = true, .per_app_capture = true, .missing = ""};
}

std::expected<std::vector<Device>, PlatformError> CoreAudioBackend::devices() {
    return list_devices();
}

std::expected<std::vector<DriverFact>, PlatformError> CoreAudioBackend::driver_facts() {
    const auto sink = find_sink();
    if (!sink) return std::unexpected(sink.error());
    return DriverLink::facts(*sink);
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
    if (const auto problem = follower_->connection().problem) {
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
