// A simulated output device: its state and its clock. The plug-in interface around it is in speakers_driver.cpp.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

namespace minihal::hardware {

inline constexpr AudioObjectID kDeviceObject = 2;
inline constexpr AudioObjectID kStreamObject = 3;
inline constexpr uint32_t kChannels = 2;
inline constexpr uint32_t kZeroTimeStampPeriod = 16384;  // frames
inline constexpr std::array<Float64, 12> kRates = {8000,  16000, 24000,  32000,  44100,  48000,
                                                   88200, 96000, 176400, 192000, 352800, 384000};

// A time stamp on the device's line, as GetZeroTimeStamp gives it.
struct ZeroTimeStamp {
    Float64 sample_time;
    uint64_t host_time;
    uint64_t seed;
};

// Where a frame of the device was in host time, and how fast its crystal turns.
class Crystal {
  public:
    // A new time line that begins at `host_time` (ticks). `ppm` is what the crystal runs fast by.
    void start(uint64_t host_time, Float64 nominal_rate, Float64 ppm);
    // The crystal warms or cools: behind its latest stamp at `host_time` it runs fast by `ppm`. The time line goes on; asked of times
    // before that stamp, it answers with it.
    void drift(uint64_t host_time, Float64 ppm);
    // The latest stamp at or before `host_time`.
    ZeroTimeStamp stamp_at(uint64_t host_time) const;

  private:
    uint64_t anchor_ = 0;           // host time of ...
    Float64 anchor_sample_ = 0.0;   // ... this frame
    Float64 nominal_rate_ = 48000;  // Hz
    Float64 ticks_per_frame_ = 500.0;
    uint64_t seed_ = 0;
};

// Functions may be called by any thread, zero_time_stamp() by the IO thread while others change the state: it takes a
// lock for the length of a copy, which simulated hardware may.
class Speakers {
  public:
    Float64 rate() const { return rate_.load(std::memory_order_relaxed); }
    static bool has_rate(Float64 rate);
    // With IO stopped.
    void set_rate(Float64 rate) { rate_.store(rate, std::memory_order_relaxed); }

    // Counted; true for the call that starts or stops the device.
    bool start_io(uint64_t host_time);
    bool stop_io();
    bool running() const;

    ZeroTimeStamp zero_time_stamp(uint64_t host_time) const;

  private:
    mutable std::mutex mutex_;
    Crystal crystal_;
    uint32_t starts_ = 0;
    std::atomic<Float64> rate_ = 48000;
};

// The plug-in's properties, for the plug-in object, the device and the stream. The functions are those of the driver
// interface, without the arguments that play no part.
class Properties {
  public:
    static bool has(AudioObjectID object, const AudioObjectPropertyAddress& address);
    static OSStatus settable(AudioObjectID object, const AudioObjectPropertyAddress& address, bool& settable);
    static OSStatus size(const Speakers& speakers, AudioObjectID object,
                         const AudioObjectPropertyAddress& address, uint32_t& size);
    static OSStatus get(const Speakers& speakers, AudioObjectID object,
                        const AudioObjectPropertyAddress& address, CFStringRef qualifier, uint32_t capacity,
                        uint32_t& size, void* data);
};

}  // namespace minihal::hardware
