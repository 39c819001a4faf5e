#include "driver/device.hpp"

#include <cmath>
#include <optional>

#include "driver/host_time.hpp"
#include "driver/object_ids.hpp"
#include "driver/volume.hpp"

namespace gecko::driver {
namespace {

/// What the host is told for each notice.
struct NoticeText {
    Notice notice;
    AudioObjectID object;
    UInt32 count;
    std::array<AudioObjectPropertySelector, 2> selectors;
};

constexpr std::array<NoticeText, 6> kNotices = {{
    {Notice::running, kDeviceId, 1, {kAudioDevicePropertyDeviceIsRunning}},
    {Notice::volume,
     kVolumeId,
     2,
     {kAudioLevelControlPropertyScalarValue, kAudioLevelControlPropertyDecibelValue}},
    {Notice::mute, kMuteId, 1, {kAudioBooleanControlPropertyValue}},
    {Notice::stream_active, kStreamId, 1, {kAudioStreamPropertyIsActive}},
    {Notice::attachment, kDeviceId, 2, {shm::kAttachProperty, shm::kStateProperty}},
    {Notice::latency, kDeviceId, 2, {shm::kLatencyProperty, shm::kStateProperty}},
}};

constexpr std::uint32_t kKept = static_cast<std::uint32_t>(Notice::volume) |
                                static_cast<std::uint32_t>(Notice::mute) |
                                static_cast<std::uint32_t>(Notice::rate);

/// Change actions: up to here a rate in Hz, from here on a latency (PathLatency::packed()).
constexpr std::uint64_t kLatencyActions = std::uint64_t{1} << 63;

std::optional<PathLatency> latency_of(std::uint64_t action) noexcept {
    if (action < kLatencyActions) return std::nullopt;
    return PathLatency::of(action - kLatencyActions);
}

}  // namespace

void Device::initialize(AudioServerPlugInHostRef host) noexcept {
    const bool first = host_.load(std::memory_order_relaxed) == nullptr;
    const Kept kept = first ? storage_.load(host) : Kept{};
    const Locked locked(lock_);
    if (first) {
        volume_.store(kept.volume, std::memory_order_relaxed);
        muted_.store(kept.muted, std::memory_order_relaxed);
        rate_.store(kept.rate, std::memory_order_relaxed);
        wanted_rate_ = kept.rate;
    }
    ticks_per_second_ = host_ticks_per_second();
    (void)host_time_now();
    publisher_.publish_as_bundle_says(
        {.rate = rate(), .gain = gain_of(volume()), .muted = muted(), .running = running()});
    host_.store(host, std::memory_order_release);
}

void Device::run_control_work(void* context, const ControlWork& work) noexcept {
    auto& device = *static_cast<Device*>(context);
    const AudioServerPlugInHostRef host = device.host_.load(std::memory_order_acquire);
    if (host == nullptr) return;
    for (const NoticeText& text : kNotices) {
        if ((work.notices & static_cast<std::uint32_t>(text.notice)) == 0) continue;
        std::array<AudioObjectPropertyAddress, 2> changed{};
        for (UInt32 i = 0; i < text.count; ++i)
            changed[i] = {text.selectors[i], kAudioObjectPropertyScopeGlobal,
                          kAudioObjectPropertyElementMain};
        host->PropertiesChanged(host, text.object, text.count, changed.data());
    }
    if ((work.notices & kKept) != 0)
        device.storage_.save(host,
                             {.volume = device.volume(), .muted = device.muted(), .rate = device.rate()});
    const auto ask_for = [&](std::uint64_t action) noexcept {
        if (host->RequestDeviceConfigurationChange(host, kDeviceId, action, nullptr) != kAudioHardwareNoError)
            (void)device.abort_change(action);
    };
    if (work.rate != 0) ask_for(work.rate);
    if (work.latency) ask_for(kLatencyActions + work.latency->packed());
}

OSStatus Device::request_rate(double hz) noexcept {
    const auto rate = supported_rate(hz);
    if (!rate) return kAudioDeviceUnsupportedFormatError;
    const Locked locked(lock_);
    if (*rate == wanted_rate_) return kAudioHardwareNoError;
    wanted_rate_ = *rate;
    queue_.post_rate(*rate);
    return kAudioHardwareNoError;
}

void Device::request_latency(const PathLatency& latency) noexcept {
    if (latency == wanted_latency_) return;
    wanted_latency_ = latency;
    queue_.post_latency(latency);
}

void Device::forget_latency() noexcept {
    if (starts_ == 0 && !attachment_.owner()) request_latency({});
}

OSStatus Device::perform_change(std::uint64_t action) noexcept {
    const Locked locked(lock_);
    if (const auto latency = latency_of(action)) {
        if (!is_latency(*latency)) {  // the rate has changed meanwhile
            wanted_latency_ = path_latency();
            return kAudioDeviceUnsupportedFormatError;
        }
        latency_.store(latency->packed(), std::memory_order_relaxed);
        queue_.post(Notice::latency);
        return kAudioHardwareNoError;
    }
    const auto rate = supported_rate(static_cast<double>(action));
    return rate ? perform_rate_change(*rate) : OSStatus{kAudioDeviceUnsupportedFormatError};
}

OSStatus Device::perform_rate_change(std::uint32_t rate) noexcept {
    if (rate == this->rate()) return kAudioHardwareNoError;
    rate_.store(rate, std::memory_order_relaxed);
    tell_writers([&](shm::RingWriter& writer) { writer.change_rate(rate); });
    // A host that pauses IO instead of stopping it will not call StartIO again.
    if (starts_ > 0) begin_time_line();
    queue_.post(Notice::rate);  // to be kept; that it changed the host knows
    return kAudioHardwareNoError;
}

OSStatus Device::abort_change(std::uint64_t action) noexcept {
    const Locked locked(lock_);
    if (action == wanted_rate_) wanted_rate_ = rate();
    if (latency_of(action) == wanted_latency_) wanted_latency_ = path_latency();
    return kAudioHardwareNoError;
}

void Device::publish_volume() noexcept {
    tell_writers([&](shm::RingWriter& writer) { writer.set_volume(gain_of(volume()), muted()); });
}

OSStatus Device::set_volume(float scalar) noexcept {
    if (std::isnan(scalar)) return kAudioHardwareIllegalOperationError;
    const float wanted = scalar < 0.0f ? 0.0f : scalar > 1.0f ? 1.0f : scalar;
    const Locked locked(lock_);
    if (wanted == volume()) return kAudioHardwareNoError;
    volume_.store(wanted, std::memory_order_relaxed);
    publish_volume();
    queue_.post(Notice::volume);
    return kAudioHardwareNoError;
}

OSStatus Device::set_muted(bool muted) noexcept {
    const Locked locked(lock_);
    if (muted == this->muted()) return kAudioHardwareNoError;
    muted_.store(muted, std::memory_order_relaxed);
    publish_volume();
    queue_.post(Notice::mute);
    return kAudioHardwareNoError;
}

OSStatus Device::set_stream_active(bool active) noexcept {
    const Locked locked(lock_);
    if (active == stream_active()) return kAudioHardwareNoError;
    stream_active_.store(active, std::memory_order_relaxed);
    queue_.post(Notice::stream_active);
    return kAudioHardwareNoError;
}

void Device::begin_time_line() noexcept {
    clock_.begin_time_line(host_time_now(),
                           ticks_per_second_.load(std::memory_order_relaxed) / static_cast<double>(rate()));
    tell_writers([](shm::RingWriter& writer) { writer.expect_new_time_line(); });
}

OSStatus Device::start_io() noexcept {
    const Locked locked(lock_);
    if (starts_ == UINT64_MAX) return kAudioHardwareIllegalOperationError;
    if (starts_++ > 0) return kAudioHardwareNoError;
    begin_time_line();
    running_.store(true, std::memory_order_relaxed);
    tell_writers([](shm::RingWriter& writer) { writer.set_running(true); });
    queue_.post(Notice::running);
    return kAudioHardwareNoError;
}

OSStatus Device::stop_io() noexcept {
    const Locked locked(lock_);
    if (starts_ == 0) return kAudioHardwareNotRunningError;
    if (--starts_ > 0) return kAudioHardwareNoError;
    running_.store(false, std::memory_order_relaxed);
    tell_writers([](shm::RingWriter& writer) { writer.set_running(false); });
    queue_.post(Notice::running);
    forget_latency();
    return kAudioHardwareNoError;
}

void Device::add_client(const AudioServerPlugInClientInfo& client) noexcept {
    const Locked locked(lock_);
    clients_.add(client);
}

void Device::remove_client(UInt32 client_id) noexcept {
    const Locked locked(lock_);
    clients_.remove(client_id);
}

}  // namespace gecko::driver
