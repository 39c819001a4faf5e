// The devices' cycles under a virtual clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "minihal/host/device_cycles.hpp"
#include "minihal/host/running_devices.hpp"

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
    // A device's next cycle.
    struct Plan {
        uint64_t due = UINT64_MAX;
        uint64_t run_at = UINT64_MAX;
    };

    void command(std::function<void()> command);
    void plan();
    void run_cycle(RunningDevice& device, AudioObjectID id);

    CycleHooks hooks_;
    IoEvents& events_;
    RunningDevices devices_;
    std::map<AudioObjectID, Plan> plans_;
    bool in_cycle_ = false;
    std::vector<std::function<void()>> commands_;  // given within the cycle
};

}  // namespace minihal
