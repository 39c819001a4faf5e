#include "minihal/hardware/simulated_device.hpp"

#include <algorithm>
#include <cmath>

#include "minihal/hardware/simulated_hardware.hpp"

namespace minihal {

namespace {
std::atomic<Float64> crystal_error_ppm = 0.0;
}

void set_crystal_error(double ppm) {
    crystal_error_ppm.store(ppm, std::memory_order_relaxed);
}

}  // namespace minihal

namespace minihal::hardware {

SimulatedDevice::SimulatedDevice(DeviceOptions options, AudioObjectID first)
    : options_(std::move(options)), first_(first), rate_(options_.rate), muted_(options_.mute) {
    set_volume(options_.volume);
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
        case Object::kMute:
            return options_.volume_steps.has_value() && options_.outputs > 0;
        case Object::kPlugIn:
            break;
    }
    return false;
}

plist::Dictionary SimulatedDevice::state() const {
    auto now = options_;
    now.rate = rate();
    now.volume = volume();
    now.mute = muted();
    auto dictionary = dictionary_of(now);
    dictionary.add("running", running()).add("hog_pid", int32_t{hog()});
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

void SimulatedDevice::set_volume(Float64 volume) {
    const Float64 last = options_.volume_steps.value_or(2) - 1;
    const Float64 clamped = std::clamp(volume, 0.0, 1.0);
    volume_.store(static_cast<Float32>(options_.volume_steps ? std::round(clamped * last) / last : clamped),
                  std::memory_order_relaxed);
}

std::expected<bool, OSStatus> SimulatedDevice::start_io(uint64_t host_time) {
    const std::scoped_lock lock(mutex_);
    if (failures_ > 0) {
        --failures_;
        return std::unexpected(failure_);
    }
    if (starts_++ > 0) return false;
    crystal_.start(host_time, rate(),
                   options_.ppm.value_or(crystal_error_ppm.load(std::memory_order_relaxed)));
    return true;
}

bool SimulatedDevice::stop_io() {
    const std::scoped_lock lock(mutex_);
    if (starts_ == 0 || --starts_ > 0) return false;
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
