// The socket that clients come to: greetings, requests, answers, notifications.
#pragma once

#include <poll.h>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "minihal/host/clients.hpp"
#include "minihal/wire/message.hpp"
#include "minihal/wire/protocol.hpp"
#include "minihal/wire/socket.hpp"

namespace minihal {

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
class Server final : public Clients {
  public:
    Server(wire::Descriptor listener, ServerHandler& handler);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void add_descriptors(std::vector<pollfd>& descriptors) const;
    // After poll(): reads, accepts and writes what it can.
    void serve();

    void reply(uint64_t process, uint32_t id, const wire::Reply& reply) override;
    void notify(AudioObjectID object, const std::vector<AudioObjectPropertyAddress>& addresses) override;

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
