// What an output has played, for an input that hears it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace minihal::hardware {

// The IO thread's. Frames are placed by the device's sample time.
class Loopback {
  public:
    // `channels` of the output. Whatever was there is forgotten.
    void begin(uint32_t channels);
    // Interleaved frames from `sample_time` on.
    void write(int64_t sample_time, std::span<const float> samples);
    // What was written there; silence where nothing was, or no more. Input channel n hears output channel n.
    void read(int64_t sample_time, uint32_t channels, std::span<float> samples) const;

  private:
    uint32_t channels_ = 0;
    std::vector<float> frames_;
    std::vector<int64_t> times_;  // sample time of each frame
};

}  // namespace minihal::hardware
