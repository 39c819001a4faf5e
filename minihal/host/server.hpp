// The socket that clients come to: greetings, requests, answers, notifications.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "minihal/wire/message.hpp"
#include "minihal/wire/protocol.hpp"
#include "minihal/wire/socket.hpp"

namespace minihal {

// A client process, for as long as its control connection is open.
struct Process {
    uint64_t token = 0;
    pid_t pid = 0;
    std::string bundle_id;
};

// What the server hands on.
class ServerHandler {
  public:
    // Must be answered by Server::reply() with the message's id, now or later.
    virtual void request(const Process& process, const wire::Message& message) = 0;
    // A connection for a device's cycles: to be answered with a kReply of `id` on it, and kept or dropped.
    virtual void io_connection(const Process& process, AudioObjectID device, uint32_t id,
                               wire::Descriptor descriptor, wire::MessageParser parser) = 0;
    virtual void process_ended(const Process& process) = 0;

  protected:
    ~ServerHandler() = default;
};

// The control thread's. Nothing in it waits for a client: what one does not read is kept, up to a limit at which it is
// dropped. A client that breaks the protocol is told why and dropped.
class Server {
  public:
    Server(wire::Descriptor listener, ServerHandler& handler);
    ~Server();

    void add_descriptors(std::vector<pollfd>& descriptors) const;
    // After poll(): reads, accepts and writes what it can.
    void serve();

    void reply(uint64_t process, uint32_t id, const wire::Reply& reply);
    // To all processes that listen for it.
    void notify(AudioObjectID object, const std::vector<AudioObjectPropertyAddress>& addresses);

  private:
    struct Connection;
    void accept_all();
    void receive(Connection& connection);
    void take(Connection& connection, const wire::Message& message);
    void greet_process(Connection& connection, const wire::Message& message);
    void greet_io(Connection& connection, const wire::Message& message);
    void change_listener(Connection& connection, const wire::Message& message, bool add);
    void send(Connection& connection, wire::MessageType type, uint32_t id,
              const std::vector<uint8_t>& payload);
    void flush(Connection& connection);
    void close(Connection& connection, const std::string& reason);

    wire::Descriptor listener_;
    ServerHandler& handler_;
    std::list<std::unique_ptr<Connection>> connections_;
    std::map<uint64_t, Connection*> processes_;  // by token
};

}  // namespace minihal
