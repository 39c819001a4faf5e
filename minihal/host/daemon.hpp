// The server of processes: a host behind a socket, with an IO thread.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "minihal/host/host.hpp"
#include "minihal/host/io_loop.hpp"
#include "minihal/host/run_lock.hpp"
#include "minihal/host/server.hpp"

namespace minihal {

struct DaemonOptions {
    std::filesystem::path plug_ins;     // folder of .driver bundles; empty: simulated hardware only
    std::string record_directory;       // where what devices play is recorded; empty: it is not
    bool share = false;                 // with programs of other users
    std::optional<uid_t> console_user;  // who sits at the machine; the server's own user if nobody is named
};

// Two threads: the control thread, which calls run(), and the IO thread. Plug-ins are called on both.
class Daemon final : private IoEvents, private ServerHandler {
  public:
    // Serves the process's run directory (run_directory()): when it returns, clients can connect. Plug-ins that cannot
    // be loaded are reported on stderr and left out. The error is a sentence for the user.
    static std::expected<std::unique_ptr<Daemon>, std::string> start(const DaemonOptions& options);
    // Stops all IO and removes the socket, the lock and the console.
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // Until stop().
    void run();
    // Any thread, and from a signal handler.
    void stop();

  private:
    Daemon(RunLock lock, std::string run_directory);
    std::optional<std::string> open(const DaemonOptions& options);
    std::optional<std::string> share() const;
    void load_plug_ins(const std::filesystem::path& directory);
    void run_events();

    void request(const Process& process, const wire::Message& message) override;
    void io_connection(const Process& process, AudioObjectID device, uint32_t id, wire::Descriptor descriptor,
                       wire::MessageParser parser) override;
    void process_ended(const Process& process) override;

    void client_stopped(uint32_t client) override;
    void client_gone(uint32_t client, std::string reason) override;
    void device_suspended(AudioObjectID device) override;

    RunLock lock_;
    std::string run_directory_;
    wire::WakePipe events_wake_;
    wire::WakePipe stop_;
    Host host_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<IoLoop> io_;
};

}  // namespace minihal
