#pragma once

#include <algorithm>
#include <cstdint>

#include "minihal/host/device_line.hpp"
#include "virtual_time.hpp"

namespace gecko::simulation {

/// What a device's GetZeroTimeStamp answers.
struct ZeroStamp {
    double sample_time;  ///< frames
    Ticks host_time;
    std::uint64_t seed;
};

/// One device's IO as its host runs it (minihald's IoDevice): cycles on the line through the zero timestamps, one buffer ahead.
/// Unlike there, a cycle may run later than it is due, and cycles may be left out.
class DeviceIo {
  public:
    struct Cycle {
        AudioTimeStamp current_time;  ///< of waking, lateness included
        AudioTimeStamp
            output_time;  ///< of the first frame to hand over: on the device's line, whenever the cycle runs
    };

    /// A time line that begins at the first frame after now.
    void begin(double rate_hz, std::uint32_t frames, const ZeroStamp& stamp) {
        line_ = minihal::DeviceLine(rate_hz);
        line_.update(stamp.sample_time, stamp.host_time, stamp.seed);
        frames_ = frames;
        position_ = std::ceil(line_.sample_time_at(now()));
        running_ = true;
    }
    void end() { running_ = false; }
    [[nodiscard]] bool running() const { return running_; }

    [[nodiscard]] std::uint32_t frames() const { return frames_; }
    /// The time line goes on with cycles of so many frames, still one buffer ahead: smaller ones go on where the last one ended, larger ones
    /// leave out what they are larger by (IoDevice::set_buffer_frames).
    void set_frames(std::uint32_t frames) {
        position_ = std::max(position_, position_ + frames_ - frames);
        frames_ = frames;
    }
    /// When the next cycle should run.
    [[nodiscard]] Ticks due() const { return line_.host_time_of(position_); }
    /// Sample time that the next cycle hands over first.
    [[nodiscard]] std::int64_t output_position() const {
        return static_cast<std::int64_t>(position_) + frames_;
    }

    /// Looks at the device's clock, as a host does at the start of each cycle. False if it began another time line unasked.
    [[nodiscard]] bool look(const ZeroStamp& stamp) {
        return !line_.update(stamp.sample_time, stamp.host_time, stamp.seed);
    }
    [[nodiscard]] Cycle cycle() const {
        Cycle cycle{.current_time = line_.stamp(line_.sample_time_at(now())),
                    .output_time = line_.stamp(position_ + frames_)};
        cycle.current_time.mHostTime = now();
        return cycle;
    }
    /// The cycle is done, or left out.
    void advance() { position_ += frames_; }

  private:
    minihal::DeviceLine line_{48'000};
    bool running_ = false;
    std::uint32_t frames_ = 0;
    double position_ = 0;  // sample time at which the next cycle is due
};

}  // namespace gecko::simulation
