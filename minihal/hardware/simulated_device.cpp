#include "minihal/hardware/simulated_device.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/system/ticks.hpp"

namespace minihal {

namespace {
std::atomic<Float64> crystal_error_ppm = 0.0;
}

void set_crystal_error(double ppm) {
    crystal_error_ppm.store(ppm, std::memory_order_relaxed);
}

// Periods of 96 and fewer frames, at -60 dB of full scale.
float microphone_sample(int64_t sample_time, uint32_t channel) {
    constexpr int64_t kPeriod = 96;
    const auto phase = static_cast<Float64>((sample_time * (channel + 1)) % kPeriod) / kPeriod;
    return static_cast<float>(0.001 * std::sin(2 * std::numbers::pi * phase));
}

}  // namespace minihal

namespace minihal::hardware {

SimulatedDevice::SimulatedDevice(DeviceOptions options, AudioObjectID first)
    : options_(std::move(options)), first_(first), rate_(options_.rate), muted_(options_.mute) {
    for (const auto control : {Object::kVolume, Object::kRightVolume}) set_volume(control, options_.volume);
}

bool SimulatedDevice::has(Object object) const {
    switch (object) {
        case Object::kDevice:
            return true;
        case Object::kOutputStream:
            return options_.outputs > 0;
        case Object::kInputStream:
            return options_.inputs > 0;
        case Object::kVolume:
            return options_.volume_steps.has_value() && options_.outputs > 0;
        case Object::kRightVolume:
            return options_.channel_volumes && options_.outputs > 1 && has(Object::kVolume);
        case Object::kMute:
            return (options_.volume_steps || options_.mute_alone) && options_.outputs > 0;
        case Object::kPlugIn:
            break;
    }
    return false;
}

plist::Dictionary SimulatedDevice::state() const {
    auto now = options_;
    now.rate = rate();
    now.volume = Float64{volume()};
    now.mute = muted();
    auto dictionary = dictionary_of(now);
    dictionary.add("running", running()).add("input_opened", input_opened()).add("hog_pid", int32_t{hog()});
    return dictionary;
}

Float64 SimulatedDevice::rate() const {
    return in_call() ? options_.call_rate.value_or(0) : rate_.load(std::memory_order_relaxed);
}

std::vector<Float64> SimulatedDevice::rates() const {
    return in_call() ? std::vector{rate()} : options_.rates;
}

bool SimulatedDevice::has_rate(Float64 rate) const {
    const auto all = rates();
    return std::ranges::find(all, rate) != all.end();
}

void SimulatedDevice::set_volume(Object control, Float64 volume) {
    const Float64 last = options_.volume_steps.value_or(2) - 1;
    const Float64 clamped = std::clamp(volume, 0.0, 1.0);
    auto& kept = control == Object::kRightVolume ? right_volume_ : volume_;
    kept.store(static_cast<Float32>(options_.volume_steps ? std::round(clamped * last) / last : clamped),
               std::memory_order_relaxed);
}

std::expected<bool, OSStatus> SimulatedDevice::start_io(uint64_t host_time) {
    const std::scoped_lock lock(mutex_);
    if (failures_ > 0) {
        --failures_;
        return std::unexpected(failure_);
    }
    if (starts_++ > 0) return false;
    if (options_.loopback) loopback_.begin(options_.outputs);
    crystal_.start(host_time + static_cast<uint64_t>(options_.start_delay * kTicksPerSecond), rate(),
                   options_.ppm.value_or(crystal_error_ppm.load(std::memory_order_relaxed)));
    return true;
}

bool SimulatedDevice::open_input(bool open) {
    if (input_open_.exchange(open, std::memory_order_relaxed) == open) return false;
    if (open) input_opened_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void SimulatedDevice::play(int64_t sample_time, std::span<const float> samples) {
    if (!options_.loopback) return;
    const std::scoped_lock lock(mutex_);
    loopback_.write(sample_time, samples);
}

void SimulatedDevice::hear(int64_t sample_time, std::span<float> samples) const {
    if (options_.loopback) {
        const std::scoped_lock lock(mutex_);
        return loopback_.read(sample_time, options_.inputs, samples);
    }
    for (size_t i = 0; i < samples.size(); ++i) {
        samples[i] = microphone_sample(sample_time + static_cast<int64_t>(i / options_.inputs),
                                       static_cast<uint32_t>(i % options_.inputs));
    }
}

bool SimulatedDevice::stop_io() {
    const std::scoped_lock lock(mutex_);
    if (starts_ == 0) return false;
    --starts_;
    if (starts_ > 0) return false;
    stuck_ = false;
    return true;
}

bool SimulatedDevice::running() const {
    const std::scoped_lock lock(mutex_);
    return starts_ > 0;
}

void SimulatedDevice::fail_starts(OSStatus status, uint32_t times) {
    const std::scoped_lock lock(mutex_);
    failure_ = status;
    failures_ = times;
}

bool SimulatedDevice::stick() {
    const std::scoped_lock lock(mutex_);
    stuck_ = starts_ > 0;
    return stuck_;
}

std::optional<ZeroTimeStamp> SimulatedDevice::zero_time_stamp(uint64_t host_time) const {
    const std::scoped_lock lock(mutex_);
    if (stuck_) return std::nullopt;
    return crystal_.stamp_at(host_time);
}

}  // namespace minihal::hardware
