// The server: loads the plug-ins, shows their objects to clients, runs their IO.
#pragma once

#include <CoreAudio/AudioHardware.h>
#include <sys/types.h>

#include <deque>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "minihal/host/io_loop.hpp"
#include "minihal/host/registry.hpp"
#include "minihal/host/run_lock.hpp"
#include "minihal/host/server.hpp"
#include "minihal/wire/cf_value.hpp"

namespace minihal {

struct HostOptions {
    std::filesystem::path plug_ins;     // folder of .driver bundles; empty: simulated hardware only
    std::string record_directory;       // where what devices play is recorded; empty: it is not
    bool share = false;                 // with programs of other users
    std::optional<uid_t> console_user;  // who sits at the machine; the server's own user if nobody is named
};

// Two threads: the control thread, which calls run(), and the IO thread. Plug-ins are called on both.
class Host final : private PlugInEvents, private IoEvents, private ServerHandler {
  public:
    // Serves the process's run directory (run_directory()): when it returns, clients can connect. Plug-ins that cannot
    // be loaded are reported on stderr and left out. The error is a sentence for the user.
    static std::expected<std::unique_ptr<Host>, std::string> start(const HostOptions& options);
    // Stops all IO and removes the socket, the lock and the console.
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    // Until stop().
    void run();
    // Any thread, and from a signal handler.
    void stop();

  private:
    // One process's use of one device.
    struct Client {
        uint64_t process = 0;
        pid_t pid = 0;
        AudioObjectID device = kAudioObjectUnknown;
        wire::CfRef bundle_id;
        Operation process_output;
        bool started = false;
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

    Host(RunLock lock, std::string run_directory);
    std::optional<std::string> open(const HostOptions& options);
    std::optional<std::string> share() const;

    // host.cpp
    void load_plug_ins(const std::filesystem::path& directory);
    void add_plug_in(const std::string& name, const std::expected<LoadedPlugIn, std::string>& loaded);
    void publish_devices(PlugIn& plug_in);
    void retire(Device& device);
    void defaults_may_have_changed();
    void post(std::function<void()> event);
    void run_events();
    void properties_changed(size_t plug_in, AudioObjectID object,
                            std::vector<AudioObjectPropertyAddress> addresses) override;
    void tell_clients(const LocalObject& object, const std::vector<AudioObjectPropertyAddress>& addresses);

    // host_properties.cpp
    void request(const Process& process, const wire::Message& message) override;
    wire::Reply property(const Process& process, const wire::Message& message);
    wire::Reply system_property(wire::MessageType type, const wire::PropertyRequest& request);
    std::optional<wire::Reply> host_property(wire::MessageType type, const PropertyCall& call);
    wire::Reply plug_in_property(wire::MessageType type, const PropertyCall& call);
    wire::Reply get_data(const PropertyCall& call, const void* qualifier, uint32_t qualifier_size);
    wire::Reply set_data(const PropertyCall& call, const void* qualifier, uint32_t qualifier_size);
    OSStatus set_buffer_frames(Device& device, const std::vector<uint8_t>& data);

    // host_io.cpp
    void io_connection(const Process& process, AudioObjectID device, uint32_t id, wire::Descriptor descriptor,
                       wire::MessageParser parser) override;
    void process_ended(const Process& process) override;
    void start_or_stop(uint64_t process, wire::MessageType type, uint32_t request, uint32_t client);
    OSStatus start_io(uint32_t id, Client& client);
    void client_stopped(uint32_t client) override;
    void client_gone(uint32_t client, std::string reason) override;
    void remove_client(uint32_t client);
    OSStatus start_client(uint32_t id, Client& client, Device& device);
    void stop_client(uint32_t id, Client& client, Device& device);
    bool runs(AudioObjectID device) const;
    AudioServerPlugInClientInfo client_info(uint32_t id, const Client& client) const;

    // host_configuration.cpp
    void configuration_change_requested(size_t plug_in, AudioObjectID device, UInt64 action,
                                        void* info) override;
    void device_suspended(AudioObjectID device) override;
    void change_configuration(Device& device);
    void restart(Device& device);

    RunLock lock_;
    std::string run_directory_;
    Registry registry_;
    std::map<uint32_t, Client> clients_;
    uint32_t next_client_ = 1;

    std::mutex events_mutex_;
    std::vector<std::function<void()>> events_;
    wire::WakePipe events_wake_;
    wire::WakePipe stop_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<IoLoop> io_;
};

}  // namespace minihal
