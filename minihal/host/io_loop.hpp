// The IO thread: every device's cycles, in the order of their times on the shared host clock.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "minihal/host/device_cycles.hpp"
#include "minihal/host/io_connection.hpp"
#include "minihal/host/running_devices.hpp"
#include "minihal/system/host_clock.hpp"
#include "minihal/wire/socket.hpp"

namespace minihal {

// One cycle at a time. While its clients play it the host clock stands at its time, and all commands wait for its end:
// they never wait themselves, so the control thread goes on answering those clients.
class IoLoop final : public DeviceCycles {
  public:
    IoLoop(HostClockWriter clock, std::string record_directory, IoEvents& events);
    // Ends the thread, whatever a client is doing.
    ~IoLoop();

    IoLoop(const IoLoop&) = delete;
    IoLoop& operator=(const IoLoop&) = delete;

    // A command like those of DeviceCycles.
    void add_client(uint32_t client, wire::Descriptor descriptor, wire::MessageParser parser);
    void remove_client(uint32_t client) override;
    void start(AudioObjectID device, uint32_t client, IoSetup setup, Operation process_output) override;
    void stop(uint32_t client) override;
    void suspend(AudioObjectID device) override;
    void resume(AudioObjectID device, IoSetup setup) override;
    void halt(AudioObjectID device) override;
    void set_buffer_frames(AudioObjectID device, uint32_t frames) override;
    void sleep() override;
    void wake() override;
    void set_inputs(uint32_t client, uint32_t inputs) override;

  private:
    void post(std::function<void()> command);
    void set_due(uint64_t due);
    void begin(IoDevice& io, const IoSetup& setup);
    void run();
    void run_commands();
    void run_cycle(RunningDevice& device);
    RunningDevice* earliest();
    void wait(std::chrono::nanoseconds timeout);
    void drop_closed_clients();

    HostClockWriter clock_;
    bool asleep_ = false;
    uint64_t due_ = 0;  // what the clock was last told
    IoEvents& events_;
    RunningDevices devices_;
    std::map<uint32_t, IoConnection> connections_;  // by client

    std::mutex mutex_;
    std::vector<std::function<void()>> commands_;
    wire::WakePipe wake_;
    std::atomic<bool> quit_ = false;
    std::thread thread_;
};

}  // namespace minihal
