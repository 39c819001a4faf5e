// A device's clock as the host sees it: a straight line through its zero time stamps.
#pragma once

#include <CoreAudio/CoreAudioTypes.h>

#include <cstdint>

namespace minihal {

// Sample times in frames, host times in ticks. The slope is nominal until two stamps are known, then that of the last
// two, unfiltered (kAudioDeviceClockAlgorithmRaw).
class DeviceLine {
  public:
    explicit DeviceLine(Float64 nominal_rate);

    // Takes the stamp that GetZeroTimeStamp gave. True when it begins a new time line (the first stamp, another seed).
    bool update(Float64 sample_time, uint64_t host_time, uint64_t seed);

    uint64_t host_time_of(Float64 sample_time) const;
    Float64 sample_time_at(uint64_t host_time) const;
    Float64 ticks_per_frame() const { return ticks_per_frame_; }
    // With all of it valid: rate scalar 1 is nominal.
    AudioTimeStamp stamp(Float64 sample_time) const;

  private:
    Float64 nominal_ticks_per_frame_;
    Float64 ticks_per_frame_;
    Float64 sample_time_ = 0.0;
    uint64_t host_time_ = 0;
    uint64_t seed_ = 0;
    bool known_ = false;
};

}  // namespace minihal
