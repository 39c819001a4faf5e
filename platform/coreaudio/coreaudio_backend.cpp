#include "platform/coreaudio/coreaudio_backend.hpp"

#include "platform/coreaudio/hardware.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kLookPeriod = std::chrono::seconds(1);
constexpr auto kFadeGuard = std::chrono::milliseconds(200);
constexpr auto kFadeInGuard = std::chrono::seconds(1);

}  // namespace

/// Immortal: the HAL may still be calling a listener after it was removed.
CoreAudioBackend::Wake& CoreAudioBackend::wake_state() {
    static auto& wake = *new Wake;
    return wake;
}

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
    return {.virtual_devices = true,
            .per_app_capture = false,
            .missing = "This driver mixes all applications into one."};
}

std::expected<std::vector<Device>, PlatformError> CoreAudioBackend::devices() {
    return list_devices();
}

std::expected<void, PlatformError> CoreAudioBackend::start(engine::Engine& engine) {
    stop();
    engine_ = &engine;
    {
        const std::lock_guard lock(wake_.mutex);
        wake_.ending = wake_.looking = wake_.restarted = false;
    }
    auto first = reconcile();
    if (!first) {
        stop_output(false);
        engine_->detach();
        link_.reset();
        listeners_.clear();
        engine_ = nullptr;
        return first;
    }
    thread_ = std::thread([this] { run(); });
    return {};
}

void CoreAudioBackend::stop() {
    if (engine_ == nullptr) return;
    wake(&Wake::ending);
    if (thread_.joinable()) thread_.join();
    listeners_.clear();
    watched_sink_ = watched_output_ = kAudioObjectUnknown;
    stop_output(true);
    engine_->detach();
    link_.reset();
    engine_ = nullptr;
    const std::lock_guard lock(mutex_);
    connection_ = {};
}

Connection CoreAudioBackend::connection() const {
    const std::lock_guard lock(mutex_);
    return connection_;
}

void CoreAudioBackend::wake(bool Wake::* what) {
    Wake& state = wake_state();
    {
        const std::lock_guard lock(state.mutex);
        state.*what = true;
    }
    state.changed.notify_all();
}

void CoreAudioBackend::run() {
    std::unique_lock lock(wake_.mutex);
    while (true) {
        wake_.changed.wait_for(lock, kLookPeriod,
                               [&] { return wake_.looking || wake_.restarted || wake_.ending; });
        if (wake_.ending) return;
        wake_.looking = false;
        const bool restarted = std::exchange(wake_.restarted, false);
        lock.unlock();
        if (restarted) {  // nothing that the audio server knew of us is left
            stop_output(false);
            engine_->detach();
            link_.reset();
        }
        const auto result = reconcile();
        if (!result) tell(result.error());
        lock.lock();
    }
}

/// The whole path, from driver to output: each step leaves alone what is as it should be.
std::expected<void, PlatformError> CoreAudioBackend::reconcile() {
    const auto sink = device_with_uid(shm::kDeviceUid);
    if (!sink) return std::unexpected(sink.error());
    if (*sink == kAudioObjectUnknown) {
        watch(kAudioObjectUnknown, kAudioObjectUnknown);
        stop_output(false);
        engine_->detach();
        link_.reset();
        return std::unexpected(PlatformError{.kind = PlatformError::Kind::plugin_not_installed, .cause = {}});
    }
    const auto output = choose_output(*sink);
    if (!output) {
        watch(*sink, kAudioObjectUnknown);
        stop_output(false);
        return std::unexpected(output.error());
    }
    watch(*sink, *output);

    if (link_ == nullptr || link_->sink() != *sink) {
        if (auto attached = reattach(*sink); !attached) return attached;
    }
    if (stream_ == nullptr || stream_->device() != *output || nominal_rate(*sink) != nominal_rate(*output) ||
        nominal_rate(*output) != connection().rate_hz) {
        if (auto playing = replay_on(*output); !playing) return playing;
    }
    tell(std::nullopt);
    return {};
}

std::expected<void, PlatformError> CoreAudioBackend::reattach(AudioObjectID sink) {
    stop_output(false);
    engine_->detach();
    link_.reset();
    auto link = DriverLink::attach(sink);
    if (!link) return std::unexpected(link.error());
    link_ = *std::move(link);
    engine_->attach(link_->ring());
    rates_.reset();
    return {};
}

std::expected<void, PlatformError> CoreAudioBackend::replay_on(AudioObjectID output) {
    if (stream_ != nullptr && stream_->device() != output) rates_.reset();
    stop_output(true);
    const auto rate = rates_.settle(link_->sink(), output);
    if (!rate) return std::unexpected(rate.error());
    engine_->prepare(*rate);
    auto stream = OutputStream::start(output, *engine_);
    if (!stream) return std::unexpected(stream.error());
    stream_ = *std::move(stream);
    // Who waits for "running" plays from then on, and is heard from the first frame.
    const auto deadline = std::chrono::steady_clock::now() + kFadeInGuard;
    while (!engine_->faded_in() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    const std::lock_guard lock(mutex_);
    connection_.rate_hz = *rate;
    connection_.output = device_name(output);
    return {};
}

void CoreAudioBackend::stop_output(bool fade) {
    if (stream_ == nullptr) return;
    if (fade && stream_->running()) {
        engine_->fade_out();
        // A device that has stopped calling back never gets there.
        const auto deadline = std::chrono::steady_clock::now() + kFadeGuard;
        while (!engine_->faded_out() && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    stream_.reset();
}

/// Notifications of the audio server only ever wake the thread; it looks for itself what is different.
void CoreAudioBackend::watch(AudioObjectID sink, AudioObjectID output) {
    if (!listeners_.empty() && sink == watched_sink_ && output == watched_output_) return;
    watched_sink_ = sink;
    watched_output_ = output;
    listeners_.clear();
    const auto listen = [&](AudioObjectID object, AudioObjectPropertySelector selector,
                            AudioObjectPropertyListenerProc proc) {
        listeners_.emplace_back(object, address_of(selector), proc, nullptr);
    };
    listen(kAudioObjectSystemObject, kAudioHardwarePropertyDevices, &CoreAudioBackend::on_change);
    listen(kAudioObjectSystemObject, kAudioHardwarePropertyDefaultOutputDevice, &CoreAudioBackend::on_change);
    listen(kAudioObjectSystemObject, kAudioHardwarePropertyServiceRestarted, &CoreAudioBackend::on_restart);
    for (const AudioObjectID device : {sink, output}) {
        if (device != kAudioObjectUnknown) {
            listen(device, kAudioDevicePropertyNominalSampleRate, &CoreAudioBackend::on_change);
        }
    }
}

OSStatus CoreAudioBackend::on_change(AudioObjectID, UInt32, const AudioObjectPropertyAddress*, void*) {
    wake(&Wake::looking);
    return kAudioHardwareNoError;
}

OSStatus CoreAudioBackend::on_restart(AudioObjectID, UInt32, const AudioObjectPropertyAddress*, void*) {
    wake(&Wake::restarted);
    return kAudioHardwareNoError;
}

void CoreAudioBackend::tell(std::optional<PlatformError> problem) {
    const std::lock_guard lock(mutex_);
    connection_.attached = link_ != nullptr;
    connection_.running = stream_ != nullptr && engine_->faded_in() && !problem;
    connection_.problem = std::move(problem);
}

}  // namespace gecko::platform::coreaudio

namespace gecko::platform {

std::unique_ptr<PlatformBackend> make_backend() {
    return std::make_unique<coreaudio::CoreAudioBackend>();
}

}  // namespace gecko::platform
