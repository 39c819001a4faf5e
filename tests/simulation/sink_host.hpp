#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "device_io.hpp"
#include "driver/plug_in.hpp"
#include "tests/driver/fake_host.hpp"

namespace gecko::simulation {

/// Somebody who plays into Gecko Sink.
struct Client {
    UInt32 id;  ///< the host's
    pid_t pid;
    std::string bundle_id;
};
/// What a client plays in a cycle.
struct Part {
    const Client* client;
    std::span<float> pcm;  ///< interleaved stereo
};

/// A process that hosts the driver, as minihald does: calls it through its function table, on its control calls and in its IO
/// cycles. When it goes the process is gone.
class SinkHost {
  public:
    explicit SinkHost(std::uint32_t frames);

    OSStatus set_attachment(CFDictionaryRef request, pid_t pid);
    OSStatus set_rate(double hz);
    [[nodiscard]] std::uint32_t rate();

    void add_client(const Client& client);
    void remove_client(UInt32 id);
    /// True if IO begins with it, or ends.
    bool start_client(UInt32 id);
    bool stop_client(UInt32 id);
    /// That IO runs for.
    [[nodiscard]] std::size_t clients() const { return started_.size(); }

    /// What the driver asked for meanwhile: a change of configuration is made with IO stopped. True if it was.
    bool control_work();

    /// Another size of cycles, on the time line in force.
    void set_frames(std::uint32_t frames);

    [[nodiscard]] DeviceIo& io() { return io_; }
    /// The cycle that is due, with what these clients play, added up in this order. Gives the sample time of its first frame.
    std::int64_t run_cycle(std::span<const Part> parts);
    /// What the driver did wrong; empty if nothing.
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

  private:
    AudioServerPlugInDriverInterface& table() { return **plug_in_->ref(); }
    void begin_io();
    ZeroStamp stamp();
    void operate(UInt32 operation, UInt32 client, std::span<float> pcm,
                 const AudioServerPlugInIOCycleInfo& info);

    driver::test::FakeHost host_;
    std::unique_ptr<driver::PlugIn> plug_in_;
    DeviceIo io_;
    std::uint32_t frames_;
    std::vector<UInt32> started_;  // clients
    std::vector<float> mix_;
    std::uint64_t cycles_ = 0;
    std::optional<ZeroStamp> stamp_;  // the one before
    std::string complaint_;
};

}  // namespace gecko::simulation
