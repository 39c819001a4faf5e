#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "device_io.hpp"
#include "driver/plug_in.hpp"
#include "tests/driver/fake_host.hpp"

namespace gecko::simulation {

/// A process that hosts the driver, as minihald does: calls it through its function table, on its control calls and in its IO
/// cycles. When it goes the process is gone.
class SinkHost {
  public:
    explicit SinkHost(std::uint32_t frames);

    OSStatus set_attachment(CFDictionaryRef request, pid_t pid);
    OSStatus set_rate(double hz);
    [[nodiscard]] std::uint32_t rate();

    /// True if IO begins with it, or ends.
    bool start_client();
    bool stop_client();
    [[nodiscard]] std::uint32_t clients() const { return clients_; }

    /// What the driver asked for meanwhile: a change of configuration is made with IO stopped. True if it was.
    bool control_work();

    /// Another size of cycles, on the time line in force.
    void set_frames(std::uint32_t frames);

    [[nodiscard]] DeviceIo& io() { return io_; }
    /// The cycle that is due, with these frames of one client as its mix. Gives the sample time of the first of them.
    std::int64_t run_cycle(std::span<float> mix);
    /// What the driver did wrong; empty if nothing.
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

  private:
    AudioServerPlugInDriverInterface& table() { return **plug_in_->ref(); }
    void begin_io();
    ZeroStamp stamp();
    void operate(UInt32 operation, UInt32 client, std::span<float> mix,
                 const AudioServerPlugInIOCycleInfo& info);

    driver::test::FakeHost host_;
    std::unique_ptr<driver::PlugIn> plug_in_;
    DeviceIo io_;
    std::uint32_t frames_;
    std::uint32_t clients_ = 0;
    std::uint64_t cycles_ = 0;
    std::optional<ZeroStamp> stamp_;  // the one before
    std::string complaint_;
};

}  // namespace gecko::simulation
