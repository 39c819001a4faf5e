// Which devices run, and for whom.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "minihal/host/io_device.hpp"

namespace minihal {

struct RunningDevice {
    RunningDevice(std::unique_ptr<OutputTap> tap, const IoSetup& setup) : io(std::move(tap), setup) {}
    IoDevice io;
    std::set<uint32_t> clients;  // by ID, which is the order of the mix
    bool suspended = false;
};

// What the commands of DeviceCycles come to, between two cycles. The thread's that runs the cycles.
class RunningDevices {
  public:
    // A client's part in cycles.
    struct Part {
        AudioObjectID device = kAudioObjectUnknown;  // that it runs on
        Operation process_output;
        uint32_t inputs = kAllInputs;
    };

    // `make_tap` gives who hears a device; `begin` begins its IO.
    RunningDevices(std::function<std::unique_ptr<OutputTap>(const IoSetup& setup)> make_tap,
                   std::function<void(IoDevice& io, const IoSetup& setup)> begin);

    void add_client(uint32_t client);
    // False when there is none.
    bool remove_client(uint32_t client);
    const Part& part(uint32_t client) const { return parts_.at(client); }

    // As in DeviceCycles. Nothing happens for clients and devices that are not known.
    void start(AudioObjectID device, uint32_t client, const IoSetup& setup, Operation process_output);
    void stop(uint32_t client);
    void suspend(AudioObjectID device);
    void resume(AudioObjectID device, const IoSetup& setup);
    void halt(AudioObjectID device);
    void set_buffer_frames(AudioObjectID device, uint32_t frames);
    void set_inputs(uint32_t client, uint32_t inputs);

    // Those that have run as well.
    std::map<AudioObjectID, RunningDevice>& all() { return devices_; }
    // Opens a device's cycle, with the input that its clients hear.
    std::optional<wire::Cycle> begin_cycle(RunningDevice& device, uint64_t now) const;

  private:
    RunningDevice* find(AudioObjectID device);

    std::function<std::unique_ptr<OutputTap>(const IoSetup& setup)> make_tap_;
    std::function<void(IoDevice& io, const IoSetup& setup)> begin_;
    std::map<AudioObjectID, RunningDevice> devices_;
    std::map<uint32_t, Part> parts_;
};

}  // namespace minihal
