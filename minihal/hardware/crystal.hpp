// What a simulated device counts its frames by.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstdint>

namespace minihal::hardware {

inline constexpr uint32_t kZeroTimeStampPeriod = 16384;  // frames

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

}  // namespace minihal::hardware
