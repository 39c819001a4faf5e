// A process's control connection to the server.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "minihal/wire/message.hpp"
#include "minihal/wire/protocol.hpp"
#include "minihal/wire/socket.hpp"

namespace minihal {

// What arrives unasked; called on the connection's own thread.
struct ConnectionEvents {
    std::function<void(wire::PropertiesChanged)> changed;
    std::function<void(const class Connection*)> lost;  // once, last
};

// Any thread, also within what an IO proc or a listener does.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    // Connected and greeted; nothing when there is no server.
    static std::shared_ptr<Connection> open(ConnectionEvents events);

    // Waits for the answer. A lost connection is kAudioHardwareNotRunningError.
    wire::Reply request(wire::MessageType type, const std::vector<uint8_t>& payload) {
        return wait(send(type, payload));
    }
    // The same in two steps: requests reach the server in the order of the first.
    uint32_t send(wire::MessageType type, const std::vector<uint8_t>& payload);
    wire::Reply wait(uint32_t id);
    // A request whose answer nobody waits for.
    void post(wire::MessageType type, const std::vector<uint8_t>& payload);
    bool alive() const;
    uint64_t token() const { return token_; }

  private:
    Connection(wire::Descriptor descriptor, ConnectionEvents events);
    void read();
    bool take(const wire::Message& message);

    wire::Descriptor descriptor_;
    ConnectionEvents events_;
    uint64_t token_ = 0;

    std::mutex send_mutex_;
    mutable std::mutex mutex_;
    std::condition_variable answered_;
    std::map<uint32_t, std::optional<wire::Reply>> pending_;
    uint32_t next_id_ = 1;
    bool alive_ = true;
};

}  // namespace minihal
