// The devices' cycles, as the host commands them.
#pragma once

#include <cstdint>
#include <string>

#include "minihal/host/device.hpp"

namespace minihal {

// Commands, for the control thread. Devices are named by the IDs that clients know, clients by theirs. None waits for a cycle
// under way: they take effect behind it, in their order.
class DeviceCycles {
  public:
    virtual void remove_client(uint32_t client) = 0;  // client_gone() follows
    // The first client starts the device's cycles with `setup`.
    virtual void start(AudioObjectID device, uint32_t client, IoSetup setup, Operation process_output) = 0;
    virtual void stop(uint32_t client) = 0;
    virtual void suspend(AudioObjectID device) = 0;
    // With the time line that the changed device has now.
    virtual void resume(AudioObjectID device, IoSetup setup) = 0;
    // No cycles until the next start().
    virtual void halt(AudioObjectID device) = 0;
    virtual void set_buffer_frames(AudioObjectID device, uint32_t frames) = 0;
    // No cycle runs and the host clock stands still until wake().
    virtual void sleep() = 0;
    virtual void wake() = 0;
    // The input streams that the client hears from the next cycle on, a bit for each.
    virtual void set_inputs(uint32_t client, uint32_t inputs) = 0;

  protected:
    ~DeviceCycles() = default;
};

// What becomes of the commands. Whoever runs the cycles calls it where they run; it is put into a queue.
class IoEvents {
  public:
    // stop() has taken effect: the client's last samples are written.
    virtual void client_stopped(uint32_t client) = 0;
    // The client's connection is closed; nothing is done for it any more.
    virtual void client_gone(uint32_t client, std::string reason) = 0;
    // suspend() has taken effect.
    virtual void device_suspended(AudioObjectID device) = 0;

  protected:
    ~IoEvents() = default;
};

}  // namespace minihal
