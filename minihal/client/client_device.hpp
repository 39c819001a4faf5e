// A device as this process plays to it: its IO procs and the IO thread that calls them.
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "minihal/client/connection.hpp"
#include "minihal/client/io_procs.hpp"

namespace minihal {

// Any thread, IO procs of this and other devices included.
class ClientDevice : public std::enable_shared_from_this<ClientDevice> {
  public:
    explicit ClientDevice(AudioObjectID id) : id_(id) {}

    std::expected<AudioDeviceIOProcID, OSStatus> add(AudioDeviceIOProc proc, void* client_data);
    OSStatus remove(AudioDeviceIOProcID id);
    OSStatus start(AudioDeviceIOProcID id);
    OSStatus stop(AudioDeviceIOProcID id);
    // Of an IO proc, as ClientLibrary has it.
    std::expected<uint32_t, OSStatus> streams_off(AudioDeviceIOProcID id, AudioObjectPropertyScope scope);
    OSStatus set_streams_off(AudioDeviceIOProcID id, AudioObjectPropertyScope scope, uint32_t off);

  private:
    // One IO connection; another one follows when it is lost.
    struct Session {
        wire::Descriptor descriptor;
        wire::MessageParser parser;
        std::shared_ptr<Connection> control;
        uint32_t client = 0;
        // Under mutex_ from here on.
        std::thread::id thread;
        uint32_t inputs = UINT32_MAX;  // what the server was told that is needed
        bool started = false;          // or being started, by the server
        bool in_cycle = false;         // from before the first IO proc until the answer is sent
        bool stop_after_cycle = false;
        bool end_after_cycle = false;
        bool ended = false;

        bool is_this_thread() const { return thread == std::this_thread::get_id(); }
    };

    std::expected<std::shared_ptr<Session>, OSStatus> session();
    std::expected<std::shared_ptr<Session>, OSStatus> connect();
    void end(Session& session);
    IoProc* find(AudioDeviceIOProcID id);
    bool any_running() const;
    void tell_inputs(Session& session);
    void run(const std::shared_ptr<Session>& session);
    bool take(Session& session, const wire::Message& message);
    std::vector<float> play(const wire::Cycle& cycle);
    void after_cycle(Session& session);

    const AudioObjectID id_;
    // One new session at a time. Never taken with mutex_ held.
    std::mutex connect_mutex_;
    // Never held while an IO proc runs or an answer is waited for: the IO thread has to answer cycles meanwhile, or the
    // server could not go on.
    mutable std::mutex mutex_;
    std::condition_variable cycle_over_;
    std::shared_ptr<Session> session_;
    std::vector<IoProc> procs_;
    uintptr_t next_proc_ = 1;
};

}  // namespace minihal
