// One device's IO: its time line, its cycles, the mix.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "minihal/host/device.hpp"
#include "minihal/host/device_line.hpp"
#include "minihal/host/output_tap.hpp"
#include "minihal/wire/protocol.hpp"

namespace minihal {

// A client's part in a cycle: Float32, one interleaved stream after the other.
struct ClientSamples {
    uint32_t client;
    Operation process_output;
    std::vector<float> samples;
};

// The IO thread's. Cycles run between begin() and end().
class IoDevice {
  public:
    // `tap` hears what it plays.
    IoDevice(std::unique_ptr<OutputTap> tap, const IoSetup& setup);

    // A new time line, beginning at the first frame after `now` (host ticks).
    void begin(const IoSetup& setup, uint64_t now);
    // Ends the time line.
    void end();
    bool running() const { return running_; }
    const std::string& uid() const { return setup_.uid; }
    // From the next cycle on. The output stays gapless where the new size is smaller; a larger one leaves a hole of
    // silence.
    void set_buffer_frames(uint32_t frames);

    // Host time at which the next cycle begins.
    uint64_t due() const;

    // Looks at the device's clock and opens the cycle; nothing when a new time line has begun instead (due() has then
    // changed) or the device gives no time.
    // Of the input streams in `inputs` (a bit for each) it reads what they hear.
    std::optional<wire::Cycle> begin_cycle(uint64_t now, uint32_t inputs = 0);
    // Samples of all streams together in one cycle.
    size_t samples_per_cycle() const;
    // Takes what the clients played, in the order of their IDs, through the plug-in's operations.
    void finish_cycle(std::vector<ClientSamples>& clients);

  private:
    bool look_at_clock(uint64_t now);
    void bracket(const Operation& operation, uint32_t id, bool begin);
    void perform(const Operation& operation, uint32_t id, uint32_t client, std::vector<float>& samples);
    void perform(const Operation& operation, uint32_t id, uint32_t client, std::span<const IoStream> streams,
                 std::vector<float>& samples);
    void read_input(wire::Cycle& cycle, uint32_t inputs);
    void record();

    IoSetup setup_;
    std::unique_ptr<OutputTap> tap_;
    DeviceLine line_;
    bool running_ = false;
    bool clock_lost_ = false;
    Float64 position_ = 0.0;       // device sample time at which the next cycle begins
    Float64 written_until_ = 0.0;  // sample time behind the last output
    uint64_t cycles_ = 0;          // all, to name them to clients
    AudioServerPlugInIOCycleInfo info_{};
    std::vector<float> mix_;
    std::vector<float> secondary_;
};

}  // namespace minihal
