// A simulated device: its state and its clock. What plug-in objects it has is in objects.hpp.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <atomic>
#include <cstdint>
#include <expected>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "minihal/hardware/crystal.hpp"
#include "minihal/hardware/device_options.hpp"
#include "minihal/hardware/loopback.hpp"
#include "minihal/hardware/objects.hpp"

namespace minihal::hardware {

// Of the volume controls.
inline constexpr AudioValueRange kDecibels = {.mMinimum = -64.0, .mMaximum = 0.0};

// Functions may be called by any thread, zero_time_stamp() by the IO thread while others change the state: it takes a
// lock for the length of a copy, which simulated hardware may.
class SimulatedDevice {
  public:
    // Its objects' IDs count from `first`.
    SimulatedDevice(DeviceOptions options, AudioObjectID first);

    AudioObjectID id(Object object) const { return first_ + static_cast<AudioObjectID>(object); }
    bool has(Object object) const;
    // As it was plugged in; what changes is below.
    const DeviceOptions& options() const { return options_; }
    // As 'simu' tells it.
    plist::Dictionary state() const;

    // It has been unplugged. Its IO functions go on working until the host is out of them.
    bool gone() const { return gone_.load(std::memory_order_relaxed); }
    void unplug() { gone_.store(true, std::memory_order_relaxed); }

    // It is there, but lives no more, until it is unplugged.
    bool dead() const { return dead_.load(std::memory_order_relaxed); }
    void die() { dead_.store(true, std::memory_order_relaxed); }

    // Hz. In a call only the call's rate is there.
    Float64 rate() const;
    std::vector<Float64> rates() const;
    bool has_rate(Float64 rate) const;
    // With IO stopped.
    void set_rate(Float64 rate) { rate_.store(rate, std::memory_order_relaxed); }
    bool in_call() const { return in_call_.load(std::memory_order_relaxed); }
    void set_in_call(bool in_call) { in_call_.store(in_call, std::memory_order_relaxed); }

    // 0..1. What is set is rounded to the nearest step.
    Float32 volume(Object control = Object::kVolume) const {
        return volume_of(control).load(std::memory_order_relaxed);
    }
    void set_volume(Object control, Float64 volume);
    bool muted() const { return muted_.load(std::memory_order_relaxed); }
    void set_muted(bool muted) { muted_.store(muted, std::memory_order_relaxed); }

    // Whether the input stream runs, as the host says, and how often it has begun to. True when that is a change.
    bool open_input(bool open);
    bool input_open() const { return input_open_.load(std::memory_order_relaxed); }
    uint32_t input_opened() const { return input_opened_.load(std::memory_order_relaxed); }
    // The IO thread's: what the output plays, and what the input hears; interleaved frames from a sample time on.
    void play(int64_t sample_time, std::span<const float> samples);
    void hear(int64_t sample_time, std::span<float> samples) const;

    // Who has the device to itself, as the host says; -1 is nobody.
    pid_t hog() const { return hog_.load(std::memory_order_relaxed); }
    void set_hog(pid_t pid) { hog_.store(pid, std::memory_order_relaxed); }

    // Counted; true for the call that starts or stops the device. The error is what fail_starts() asked for.
    std::expected<bool, OSStatus> start_io(uint64_t host_time);
    bool stop_io();
    bool running() const;
    // The next so many starts fail.
    void fail_starts(OSStatus status, uint32_t times);
    // No time stamps until IO was stopped and started again. False when it does not run.
    bool stick();

    // Nothing while the device is stuck.
    std::optional<ZeroTimeStamp> zero_time_stamp(uint64_t host_time) const;

  private:
    const std::atomic<Float32>& volume_of(Object control) const {
        return control == Object::kRightVolume ? right_volume_ : volume_;
    }

    const DeviceOptions options_;
    const AudioObjectID first_;
    mutable std::mutex mutex_;
    Crystal crystal_;
    uint32_t starts_ = 0;
    bool stuck_ = false;
    Loopback loopback_;
    OSStatus failure_ = 0;
    uint32_t failures_ = 0;  // to come
    std::atomic<bool> gone_ = false;
    std::atomic<bool> dead_ = false;
    std::atomic<Float64> rate_;
    std::atomic<bool> in_call_ = false;
    std::atomic<Float32> volume_ = 1.0F;  // of the left channel, if each has its own
    std::atomic<Float32> right_volume_ = 1.0F;
    std::atomic<bool> muted_;
    std::atomic<pid_t> hog_ = -1;
    std::atomic<bool> input_open_ = false;
    std::atomic<uint32_t> input_opened_ = 0;
};

}  // namespace minihal::hardware
