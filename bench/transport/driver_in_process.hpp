#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstdint>
#include <filesystem>
#include <optional>

#include "driver/plug_in.hpp"
#include "shm/ring_reader.hpp"
#include "shm/segment.hpp"

namespace gecko::bench {

/// The driver in this process, running, with a segment attached; the host clock stands still. Called through its function table, as
/// its host calls it.
class DriverInProcess {
  public:
    static constexpr std::uint32_t kFrames = 512;
    static constexpr UInt32 kClients = 8;

    DriverInProcess();
    ~DriverInProcess();
    DriverInProcess(const DriverInProcess&) = delete;
    DriverInProcess& operator=(const DriverInProcess&) = delete;

    /// What the host does before a cycle: the times of the next one.
    void prepare() noexcept;
    /// prepare(), then Begin, Do and End of one WriteMix of kFrames stereo frames.
    void cycle(float* pcm) noexcept;
    /// prepare(), then all that a host calls in a cycle of kClients clients that all play `pcm`: the cycle's bracket, each client's
    /// ProcessOutput, the WriteMix.
    void cycle_of_clients(float* pcm) noexcept;
    [[nodiscard]] AudioServerPlugInDriverRef ref() noexcept { return plug_in_.ref(); }
    [[nodiscard]] AudioServerPlugInDriverInterface& calls() noexcept { return **plug_in_.ref(); }
    /// The function that is timed with the clock's stamp.
    double zero_time_stamp() noexcept;

    [[nodiscard]] shm::RingReader reader() const { return {segment_->base(), segment_->geometry()}; }
    [[nodiscard]] shm::View view() const { return segment_->view(); }
    [[nodiscard]] const shm::Geometry& geometry() const { return segment_->geometry(); }

  private:
    void perform(UInt32 client, UInt32 operation, float* pcm) noexcept;

    std::filesystem::path folder_;
    std::optional<shm::Segment> segment_;
    driver::PlugIn plug_in_{driver::ControlCalls::drained};
    AudioServerPlugInHostInterface host_{};
    AudioServerPlugInIOCycleInfo info_{};
};

}  // namespace gecko::bench
