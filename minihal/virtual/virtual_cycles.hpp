// The devices' cycles under a virtual clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "minihal/host/device_cycles.hpp"
#include "minihal/host/io_device.hpp"

namespace minihal {

// What cycles need of whoever runs them.
struct CycleHooks {
    // What a client plays in a cycle of a device.
    std::function<std::vector<float>(uint32_t client, AudioObjectID device, const wire::Cycle& cycle)> play;
    // Who hears a device.
    std::function<std::unique_ptr<OutputTap>(const IoSetup& setup)> tap;
    // How late a device's next cycle runs, ticks.
    std::function<uint64_t(const std::string& uid)> lateness;
};

// One thread. Commands that are given within a cycle wait for its end, as in the IO thread of a server.
class VirtualCycles final : public DeviceCycles {
  public:
    VirtualCycles(CycleHooks hooks, IoEvents& events);
    VirtualCycles(const VirtualCycles&) = delete;
    VirtualCycles& operator=(const VirtualCycles&) = delete;

    // A command like those of DeviceCycles.
    void add_client(uint32_t client);
    void remove_client(uint32_t client) override;
    void start(AudioObjectID device, uint32_t client, IoSetup setup, Operation process_output) override;
    void stop(uint32_t client) override;
    void suspend(AudioObjectID device) override;
    void resume(AudioObjectID device, IoSetup setup) override;
    void halt(AudioObjectID device) override;
    void set_buffer_frames(AudioObjectID device, uint32_t frames) override;
    // The virtual clock stands anyway.
    void sleep() override {}
    void wake() override {}
    void set_inputs(uint32_t client, uint32_t inputs) override;

    // Host time at which the next cycle runs; UINT64_MAX if none will.
    uint64_t next_due() const;
    // Runs the cycle that next_due() tells of, now.
    void run_next();
    bool in_cycle() const { return in_cycle_; }

  private:
    struct Client {
        AudioObjectID device = kAudioObjectUnknown;  // that it runs on
        Operation process_output;
        uint32_t inputs = kAllInputs;
    };
    struct DeviceIo {
        DeviceIo(std::unique_ptr<OutputTap> tap, const IoSetup& setup)
            : device(std::move(tap), setup), uid(setup.uid) {}
        IoDevice device;
        std::string uid;
        std::set<uint32_t> clients;
        bool suspended = false;
        uint64_t run_at = UINT64_MAX;
    };

    void command(std::function<void()> command);
    void begin(DeviceIo& io, const IoSetup& setup);
    void schedule(DeviceIo& io) const;
    void run_cycle(DeviceIo& io, AudioObjectID id);
    void detach(uint32_t client);

    CycleHooks hooks_;
    IoEvents& events_;
    std::map<AudioObjectID, DeviceIo> devices_;
    std::map<uint32_t, Client> clients_;  // by ID, which is the order of the mix
    bool in_cycle_ = false;
    std::vector<std::function<void()>> commands_;  // given within the cycle
};

}  // namespace minihal
