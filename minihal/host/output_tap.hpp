// Who hears what a device plays.
#pragma once

#include <cstdint>
#include <span>

namespace minihal {

// Of a cycle, and so of the time line that begins with it.
struct Recording {
    double rate = 0.0;      // Hz
    uint32_t channels = 0;  // of all streams together
    uint32_t buffer_frames = 0;
    int64_t first_sample_time = 0;  // frames, the device's
    uint64_t first_host_time = 0;   // ticks of the shared host clock
};

// The IO thread's.
class OutputTap {
  public:
    virtual ~OutputTap() = default;
    OutputTap(const OutputTap&) = delete;
    OutputTap& operator=(const OutputTap&) = delete;
    // The finished mix of one cycle: interleaved frames for the device's sample time.
    virtual void write(const Recording& line, int64_t sample_time, std::span<const float> samples) = 0;
    // What comes next is of another time line.
    virtual void end_line() = 0;

  protected:
    OutputTap() = default;
};

}  // namespace minihal
