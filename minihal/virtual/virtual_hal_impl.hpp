// Both ends of the HAL's API in one process.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "minihal/client/client_library.hpp"
#include "minihal/client/io_procs.hpp"
#include "minihal/host/clients.hpp"
#include "minihal/host/host.hpp"
#include "minihal/virtual/virtual_cycles.hpp"
#include "minihal/virtual/virtual_hal.hpp"
#include "minihal/wire/cf_value.hpp"

namespace minihal {

class VirtualHal::Impl final : public ClientLibrary, private Clients, private IoEvents {
  public:
    explicit Impl(Options options);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    // virtual_hal.cpp
    bool running() const { return server_ != nullptr; }
    void stop_server();
    void start_server();
    uint64_t next_due() const;
    void run_due(uint64_t now);
    void deliver();
    void sleep(const std::vector<Return>& returning);
    void refuse_streams_off(OSStatus status) { streams_off_refusal_ = status; }
    OSStatus hardware(CFDictionaryRef command);

    // virtual_clients.cpp
    void set_caller(pid_t pid, const std::string& bundle_id);
    void kill_process(pid_t pid);
    wire::Reply request(wire::MessageType type, const wire::PropertyRequest& request) override;
    wire::PropertyKinds kinds(AudioObjectID object, const AudioObjectPropertyAddress& address) override;
    OSStatus add_listener(const Listener& listener) override;
    OSStatus remove_listener(const Listener& listener) override;
    std::expected<AudioDeviceIOProcID, OSStatus> add_proc(AudioObjectID device, AudioDeviceIOProc proc,
                                                          void* client_data) override;
    OSStatus remove_proc(AudioObjectID device, AudioDeviceIOProcID id) override;
    OSStatus start_proc(AudioObjectID device, AudioDeviceIOProcID id) override;
    OSStatus stop_proc(AudioObjectID device, AudioDeviceIOProcID id) override;
    std::expected<uint32_t, OSStatus> streams_off(AudioObjectID device, AudioDeviceIOProcID id,
                                                  AudioObjectPropertyScope scope) override;
    OSStatus set_streams_off(AudioObjectID device, AudioDeviceIOProcID id, AudioObjectPropertyScope scope,
                             uint32_t off) override;

  private:
    struct Server {
        Server(std::string run_directory, AudioObjectID first_object, std::function<void()> wake,
               CycleHooks hooks, IoEvents& events)
            : host(std::move(run_directory), first_object, std::move(wake)),
              cycles(std::move(hooks), events) {}
        Host host;
        VirtualCycles cycles;
    };
    // A process's use of a device.
    struct Use {
        std::vector<IoProc> procs;
        std::optional<uint32_t> client;  // the host's name for it; nothing before the first proc
        bool started = false;
        uint32_t inputs = kAllInputs;  // that the host was told are needed

        // Nothing calls the procs, until they are started again.
        void lose_client() {
            client.reset();
            started = false;
            for (auto& proc : procs) proc.running = false;
        }
    };
    using UseKey = std::pair<pid_t, AudioObjectID>;
    struct ProcessListener {
        pid_t pid;
        Listener listener;
        bool operator==(const ProcessListener&) const = default;
    };
    // Calls are another process's for as long as it lives.
    class Caller {
      public:
        Caller(Impl& hal, pid_t pid) : hal_(hal), before_(std::exchange(hal.caller_, pid)) {}
        ~Caller() { hal_.caller_ = before_; }
        Caller(const Caller&) = delete;
        Caller& operator=(const Caller&) = delete;

      private:
        Impl& hal_;
        pid_t before_;
    };

    void reply(uint64_t process, uint32_t id, const wire::Reply& reply) override;
    void notify(AudioObjectID object, const std::vector<AudioObjectPropertyAddress>& addresses) override;
    void client_stopped(uint32_t client) override;
    void client_gone(uint32_t client, std::string reason) override;
    void device_suspended(AudioObjectID device) override;

    void lose_server();  // not within a cycle
    void settle();
    bool tell_next();
    void restart_io();

    // virtual_hardware.cpp
    void plug_in_hardware(CFArrayRef devices);
    void keep_hardware();
    void catch_up_hardware();
    wire::Reply hardware_property(wire::MessageType type, CFTypeRef value);
    wire::CfRef device_state(const std::string& uid);
    void unplug_until(const Return& device);

    const Process& caller() { return processes_.at(caller_); }
    OSStatus connect(AudioObjectID device, Use& use);
    OSStatus ask(wire::MessageType type, uint32_t client);
    std::vector<float> play(uint32_t client, AudioObjectID device, const wire::Cycle& cycle);
    Use* use_of(uint32_t client);
    void tell_inputs(Use& use);
    void stop_if_idle(const UseKey& key);
    void end_if_unused(const UseKey& key);

    Options options_;
    std::unique_ptr<Server> server_;
    uint32_t servers_ = 0;                                    // so far
    wire::CfRef devices_;                                     // the hardware's state while there is no server
    std::vector<wire::CfRef> hardware_commands_;              // that it has got since
    std::multimap<uint64_t, std::function<void()>> actions_;  // by host time

    std::map<pid_t, Process> processes_;
    uint64_t next_token_ = 1;
    pid_t caller_ = 0;
    std::map<UseKey, Use> uses_;
    uintptr_t next_proc_ = 1;
    OSStatus streams_off_refusal_ = 0;
    std::vector<ProcessListener> listeners_;
    std::vector<std::function<void()>> after_cycle_;

    std::map<uint32_t, OSStatus> replies_;
    uint32_t next_request_ = 1;
    bool reported_ = false;  // by a plug-in, to be delivered
    bool mute_ = false;      // nobody is told anything
    bool delivering_ = false;
    std::deque<wire::PropertiesChanged> notifications_;
    std::deque<std::function<void()>> io_events_;
};

}  // namespace minihal
