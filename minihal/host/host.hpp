// The host: shows plug-ins' objects to clients and has their IO run.
#pragma once

#include <CoreAudio/AudioHardware.h>
#include <sys/types.h>

#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "minihal/host/clients.hpp"
#include "minihal/host/default_devices.hpp"
#include "minihal/host/device_cycles.hpp"
#include "minihal/host/registry.hpp"
#include "minihal/wire/cf_value.hpp"
#include "minihal/wire/message.hpp"

namespace minihal {

// What coreaudiod is but for how its clients reach it and what runs its cycles: a server of processes (Daemon), or a simulation
// in one thread. The control thread's; plug-ins may report changes from any.
class Host final : private PlugInEvents {
  public:
    // Object IDs count from `first_object` (ObjectMap). `wake` is called when run_events() has something to do, on any
    // thread. Files of plug-ins are in the run directory.
    Host(std::string run_directory, AudioObjectID first_object, std::function<void()> wake);
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    ~Host();

    // Plug-ins that cannot be loaded are reported on stderr and left out. `name` is for that report.
    void add_plug_in(const std::string& name, const std::expected<LoadedPlugIn, std::string>& loaded);
    // The devices that every machine has.
    void add_simulated_hardware();
    // With all plug-ins added. Both are there until end(), which must come.
    void begin(DeviceCycles& io, Clients& clients);
    // With the cycles at an end. What runs is stopped, clients are gone, and nothing is told any more.
    void end();

    // A request of a client process, to be answered by Clients::reply() with the message's id, now or later.
    void request(const Process& process, const wire::Message& message);
    // A request about a property, answered at once.
    wire::Reply property(const Process& process, wire::MessageType type, wire::PropertyRequest request);
    // A process's use of a device: the ID of the client, or what the device says to it.
    std::expected<uint32_t, OSStatus> add_client(const Process& process, AudioObjectID device);
    void process_ended(const Process& process);
    // Every device that runs begins anew, on another time line: the machine has slept.
    void restart_io();
    // The machine sleeps, and wakes again.
    void sleep();
    void wake();
    // What plug-ins have reported since. What that brings about may be an event again; it is dealt with, too.
    void run_events();
    // Puts something into that queue; any thread.
    void post(std::function<void()> event);

    // What became of commands to the cycles (IoEvents), on the control thread.
    void client_stopped(uint32_t client);
    void client_gone(uint32_t client);
    void device_suspended(AudioObjectID device);

  private:
    // One process's use of one device.
    struct Client {
        uint64_t process = 0;
        pid_t pid = 0;
        AudioObjectID device = kAudioObjectUnknown;
        wire::CfRef bundle_id;
        Operation process_output;
        bool started = false;
        uint32_t inputs = kAllInputs;      // input streams that it hears while it runs
        std::optional<uint32_t> stopping;  // the request that waits for the IO loop to let go of it
        std::deque<std::pair<wire::MessageType, uint32_t>>
            waiting;  // starts and stops that came behind that one
    };
    // A request about a property, with what it is about.
    struct PropertyCall {
        pid_t pid;
        wire::PropertyRequest request;
        PlugIn* plug_in;
        LocalObject object;
        wire::PropertyKinds kinds;
    };

    // host.cpp
    void publish_devices(PlugIn& plug_in);
    void retire(Device& device);
    void devices_changed();
    void properties_changed(size_t plug_in, AudioObjectID object,
                            std::vector<AudioObjectPropertyAddress> addresses) override;
    void tell_clients(const LocalObject& object, const std::vector<AudioObjectPropertyAddress>& addresses);

    // host_properties.cpp
    wire::Reply system_property(wire::MessageType type, const wire::PropertyRequest& request);
    OSStatus set_default(AudioObjectPropertySelector selector, const std::vector<uint8_t>& data);
    wire::Reply plug_in_property(wire::MessageType type, const PropertyCall& call);
    wire::Reply get_data(const PropertyCall& call, const void* qualifier, uint32_t qualifier_size);
    wire::Reply set_data(const PropertyCall& call, const void* qualifier, uint32_t qualifier_size);

    // host_device_properties.cpp
    std::optional<wire::Reply> host_property(wire::MessageType type, const PropertyCall& call);
    OSStatus set_buffer_frames(Device& device, const std::vector<uint8_t>& data);
    OSStatus toggle_hog(Device& device, pid_t pid, const std::vector<uint8_t>& data);
    void set_hog(Device& device, pid_t pid);

    // host_io.cpp
    void start_or_stop(uint64_t process, wire::MessageType type, uint32_t request, uint32_t client);
    OSStatus start_io(uint32_t id, Client& client);
    void remove_client(uint32_t client);
    OSStatus start_client(uint32_t id, Client& client, Device& device);
    void stop_client(uint32_t id, Client& client, Device& device);
    void set_inputs(uint32_t id, Client& client, uint32_t inputs);
    void inputs_may_have_changed(Device& device);
    bool runs(AudioObjectID device) const;
    AudioServerPlugInClientInfo client_info(uint32_t id, const Client& client) const;

    // host_configuration.cpp
    void configuration_change_requested(size_t plug_in, AudioObjectID device, UInt64 action,
                                        void* info) override;
    void suspend(Device& device);
    void change_configuration(Device& device);
    void restart(Device& device);

    std::string run_directory_;
    std::function<void()> wake_;
    Registry registry_;
    DefaultDevices defaults_;
    std::map<uint32_t, Client> clients_;
    uint32_t next_client_ = 1;

    std::mutex events_mutex_;
    std::vector<std::function<void()>> events_;
    // Null before begin() and after end().
    Clients* server_ = nullptr;
    DeviceCycles* io_ = nullptr;
};

}  // namespace minihal
