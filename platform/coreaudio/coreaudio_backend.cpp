#include "platform/coreaudio/coreaudio_backend.hpp"

#include "platform/coreaudio/hardware.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kLookPeriod = std::chrono::seconds(1);  // while there is no link whose heartbeat would wake
constexpr auto kListeningPeriod = std::chrono::duration<double>(engine::IdleWatch::kListeningPeriod);
constexpr auto kFadeGuard = std::chrono::milliseconds(200);
constexpr auto kFadeInGuard = std::chrono::seconds(1);

/// Gecko Sink; that it is not there is an error.
std::expected<AudioObjectID, PlatformError> find_sink() {
    const auto sink = device_with_uid(shm::kDeviceUid);
    if (!sink || *sink != kAudioObjectUnknown) return sink;
    return std::unexpected(PlatformError{.kind = PlatformError::Kind::plugin_not_installed, .cause = {}});
}

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

std::expected<void, PlatformError> CoreAudioBackend::start(engine::Engine& engine,
                                                           std::function<void()> changed) {
    stop();
    engine_ = &engine;
    changed_ = std::move(changed);
    idle_.reset();
    search_.reset();
    {
        const std::lock_guard lock(wake_.mutex);
        wake_.ending = wake_.looking = wake_.beat = wake_.restarted = false;
    }
    auto first = reconcile(true);
    if (!first) {
        drop_link();
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
    changed_ = nullptr;
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
    const auto woken = [&] { return wake_.looking || wake_.beat || wake_.restarted || wake_.ending; };
    bool listening = false;
    std::unique_lock lock(wake_.mutex);
    while (true) {
        if (listening) {
            wake_.changed.wait_for(lock, kListeningPeriod, woken);
        } else if (link_ == nullptr) {
            wake_.changed.wait_for(lock, kLookPeriod, woken);
        } else {
            wake_.changed.wait(lock, woken);
        }
        if (wake_.ending) return;
        const bool looking = std::exchange(wake_.looking, false);
        const bool beat = std::exchange(wake_.beat, false);
        const bool restarted = std::exchange(wake_.restarted, false);
        lock.unlock();
        if (restarted) drop_link();  // nothing that the audio server knew of us is left
        const auto verdict = listen();
        const bool asleep = search_.has_value();
        // While the output sleeps a beat costs the server one question; what else changes it tells.
        const bool look = looking || restarted || link_ == nullptr || asleep == verdict.run ||
                          (beat && (!asleep || !sink_is_there() || connection().problem));
        if (look) {
            if (const auto result = reconcile(verdict.run); !result) tell(result.error());
        }
        listening = verdict.listen && search_.has_value();
        lock.lock();
    }
}

/// What there is to hear, and so whether the output is to run.
engine::IdleWatch::Verdict CoreAudioBackend::listen() {
    if (link_ == nullptr) {
        idle_.reset();
        search_.reset();
        return {.run = true, .listen = false};
    }
    const auto now = std::chrono::steady_clock::now();
    const double elapsed = std::chrono::duration<double>(now - std::exchange(listened_, now)).count();
    const shm::RingReader ring = link_->ring();
    const bool audible = search_ ? search_->find(ring).has_value()
                                 : static_cast<double>(engine_->quiet_frames()) < elapsed * rate_hz_;
    return idle_.look({.now = std::chrono::duration<double>(now.time_since_epoch()).count(),
                       .playing = ring.state().running,
                       .audible = audible});
}

bool CoreAudioBackend::sink_is_there() const {
    const auto sink = device_with_uid(shm::kDeviceUid);
    return sink && *sink == link_->sink();
}

void CoreAudioBackend::drop_link() {
    stop_output(false);
    engine_->detach();
    link_.reset();
    search_.reset();
}

/// The whole path, from driver to output: each step leaves alone what is as it should be. `run`: the output is to run, for there
/// is something to hear.
std::expected<void, PlatformError> CoreAudioBackend::reconcile(bool run) {
    const auto sink = device_with_uid(shm::kDeviceUid);
    if (!sink) return std::unexpected(sink.error());
    if (*sink == kAudioObjectUnknown) {
        watch(kAudioObjectUnknown, kAudioObjectUnknown);
        drop_link();
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
        run = true;
    }
    if (!run) {
        if (!search_) {
            search_.emplace(link_->ring(), engine_->read_position());
            stop_output(false);  // there is nothing to fade
        }
        // Who plays next is to find the rates as they will be: a device that changes its rate loses what it plays.
        if (const auto agreed = agree(*output); !agreed) return std::unexpected(agreed.error());
        tell(std::nullopt);
        return {};
    }
    if (stream_ == nullptr || stream_->device() != *output || nominal_rate(*sink) != nominal_rate(*output) ||
        nominal_rate(*output) != rate_hz_) {
        if (auto playing = replay_on(*output); !playing) return playing;
    }
    search_.reset();
    tell(std::nullopt);
    return {};
}

std::expected<void, PlatformError> CoreAudioBackend::reattach(AudioObjectID sink) {
    drop_link();
    auto link = DriverLink::attach(sink, [] { wake(&Wake::beat); });
    if (!link) return std::unexpected(link.error());
    link_ = *std::move(link);
    engine_->attach(link_->ring());
    agreed_output_ = kAudioObjectUnknown;
    idle_.reset();
    return {};
}

std::expected<void, PlatformError> CoreAudioBackend::replay_on(AudioObjectID output) {
    stop_output(true);
    const auto rate = agree(output);
    if (!rate) return std::unexpected(rate.error());
    engine_->prepare(*rate);
    if (search_) engine_->resume_at(search_->position());
    if (tap_ != nullptr) tap_->begin(*rate);
    auto stream = OutputStream::start(output, *engine_, tap_);
    if (!stream) return std::unexpected(stream.error());
    stream_ = *std::move(stream);
    // Who waits for "running" plays from then on, and is heard from the first frame.
    const auto deadline = std::chrono::steady_clock::now() + kFadeInGuard;
    while (!engine_->faded_in() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return {};
}

/// Gecko Sink and the output at one rate.
std::expected<double, PlatformError> CoreAudioBackend::agree(AudioObjectID output) {
    if (std::exchange(agreed_output_, output) != output) {
        rates_.reset();
        output_name_ = device_name(output);
    }
    const auto rate = rates_.settle(link_->sink(), output);
    if (rate) rate_hz_ = *rate;
    return rate;
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
    const auto follow = [&](AudioObjectID object, AudioObjectPropertySelector selector,
                            AudioObjectPropertyListenerProc proc) {
        listeners_.emplace_back(object, address_of(selector), proc, nullptr);
    };
    follow(kAudioObjectSystemObject, kAudioHardwarePropertyDevices, &CoreAudioBackend::on_change);
    follow(kAudioObjectSystemObject, kAudioHardwarePropertyDefaultOutputDevice, &CoreAudioBackend::on_change);
    follow(kAudioObjectSystemObject, kAudioHardwarePropertyServiceRestarted, &CoreAudioBackend::on_restart);
    for (const AudioObjectID device : {sink, output}) {
        if (device != kAudioObjectUnknown) {
            follow(device, kAudioDevicePropertyNominalSampleRate, &CoreAudioBackend::on_change);
        }
    }
    if (sink != kAudioObjectUnknown) {
        follow(sink, kAudioDevicePropertyDeviceIsRunningSomewhere, &CoreAudioBackend::on_change);
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
    std::function<void()> changed;
    {
        const std::lock_guard lock(mutex_);
        const Connection before = connection_;
        connection_.attached = link_ != nullptr;
        connection_.output = output_name_;
        connection_.rate_hz = rate_hz_;
        connection_.running = stream_ != nullptr && engine_->faded_in() && !problem;
        connection_.asleep = search_.has_value() && stream_ == nullptr && !problem;
        connection_.problem = std::move(problem);
        if (connection_ != before) changed = changed_;
    }
    if (changed) changed();
}

}  // namespace gecko::platform::coreaudio

namespace gecko::platform {

std::unique_ptr<PlatformBackend> make_backend() {
    return std::make_unique<coreaudio::CoreAudioBackend>();
}

}  // namespace gecko::platform
