#include "minihal/host/server.hpp"

#include <CoreAudio/AudioHardware.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <random>

namespace minihal {

using wire::Message;
using wire::MessageType;

namespace {

// What a client that does not read may leave in the server's memory.
constexpr size_t kMaxUnread = size_t{32} << 20;
static_assert(kMaxUnread > wire::kMaxValueSize);
constexpr size_t kMaxListeners = 10'000;

struct Listener {
    AudioObjectID object;
    AudioObjectPropertyAddress address;
};

bool equal(const Listener& left, const Listener& right) {
    return left.object == right.object && left.address.mSelector == right.address.mSelector &&
           left.address.mScope == right.address.mScope && left.address.mElement == right.address.mElement;
}

bool hears(const Listener& listener, AudioObjectID object, const AudioObjectPropertyAddress& changed) {
    const auto& wanted = listener.address;
    return listener.object == object &&
           (wanted.mSelector == changed.mSelector ||
            wanted.mSelector == kAudioObjectPropertySelectorWildcard) &&
           (wanted.mScope == changed.mScope || wanted.mScope == kAudioObjectPropertyScopeWildcard) &&
           (wanted.mElement == changed.mElement || wanted.mElement == kAudioObjectPropertyElementWildcard);
}

uint64_t new_token() {
    static std::random_device source;
    return (static_cast<uint64_t>(source()) << 32) | source();
}

wire::Reply status_only(OSStatus status) {
    return {.status = status, .value = {}};
}

}  // namespace

struct Server::Connection {
    wire::Descriptor descriptor;
    wire::MessageParser parser;
    std::vector<uint8_t> unsent;
    std::optional<Process> process;  // once it has greeted
    std::vector<Listener> listeners;
};

Server::Server(wire::Descriptor listener, ServerHandler& handler)
    : listener_(std::move(listener)), handler_(handler) {}

Server::~Server() = default;

void Server::add_descriptors(std::vector<pollfd>& descriptors) const {
    descriptors.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
    for (const auto& connection : connections_) {
        const int events = connection->unsent.empty() ? POLLIN : POLLIN | POLLOUT;
        descriptors.push_back(
            {.fd = connection->descriptor.get(), .events = static_cast<int16_t>(events), .revents = 0});
    }
}

void Server::serve() {
    accept_all();
    for (const auto& connection : connections_) {
        flush(*connection);
        if (connection->descriptor) receive(*connection);
    }
    connections_.remove_if([](const auto& connection) { return !connection->descriptor; });
}

void Server::accept_all() {
    while (auto descriptor = wire::accept_from(listener_.get())) {
        connections_.push_back(std::make_unique<Connection>());
        connections_.back()->descriptor = std::move(descriptor);
    }
}

void Server::receive(Connection& connection) {
    const auto received = wire::receive(connection.descriptor.get(), [&](std::span<const uint8_t> bytes) {
        connection.parser.append(bytes);
    });
    while (connection.descriptor) {
        auto message = connection.parser.next();
        if (!message) return close(connection, message.error());
        if (!*message) break;
        take(connection, **message);
    }
    if (received == wire::Received::kEnd && connection.descriptor) {
        close(connection, connection.parser.inside_message() ? "it was cut off within a message" : "");
    }
}

void Server::take(Connection& connection, const Message& message) {
    const bool greeted = connection.process.has_value();
    switch (message.type) {
        case MessageType::kHelloControl:
            return greeted ? close(connection, "a second greeting") : greet_process(connection, message);
        case MessageType::kHelloIo:
            return greeted ? close(connection, "a second greeting") : greet_io(connection, message);
        case MessageType::kHasProperty:
        case MessageType::kIsPropertySettable:
        case MessageType::kGetPropertyDataSize:
        case MessageType::kGetPropertyData:
        case MessageType::kSetPropertyData:
        case MessageType::kGetPropertyKinds:
            if (!greeted) break;
            if (!wire::decode<wire::PropertyRequest>(message.payload)) {
                return close(connection, "a malformed request");
            }
            return handler_.request(*connection.process, message);
        case MessageType::kStartIo:
        case MessageType::kStopIo:
            if (!greeted) break;
            if (!wire::decode<wire::ClientRequest>(message.payload)) {
                return close(connection, "a malformed request");
            }
            return handler_.request(*connection.process, message);
        case MessageType::kSetInputs:
            if (!greeted) break;
            if (!wire::decode<wire::InputsRequest>(message.payload)) {
                return close(connection, "a malformed request");
            }
            return handler_.request(*connection.process, message);
        case MessageType::kAddListener:
        case MessageType::kRemoveListener:
            if (!greeted) break;
            return change_listener(connection, message, message.type == MessageType::kAddListener);
        case MessageType::kCycleDone:
        case MessageType::kReply:
        case MessageType::kPropertiesChanged:
        case MessageType::kCycle:
        case MessageType::kGoodbye:
            break;
    }
    close(connection, greeted ? "a message that has no place on a control connection" : "no greeting");
}

void Server::greet_process(Connection& connection, const Message& message) {
    std::string why;
    auto hello = wire::decode_hello_control(message.payload, why);
    if (!hello) return close(connection, why);
    connection.process = Process{.token = new_token(),
                                 .pid = wire::peer_process(connection.descriptor.get()),
                                 .bundle_id = std::move(hello->bundle_id)};
    processes_[connection.process->token] = &connection;
    wire::Writer token;
    token.put(connection.process->token);
    reply(connection.process->token, message.id, {.status = kAudioHardwareNoError, .value = token.take()});
}

void Server::greet_io(Connection& connection, const Message& message) {
    std::string why;
    const auto hello = wire::decode_hello_io(message.payload, why);
    if (!hello) return close(connection, why);
    const auto process = processes_.find(hello->token);
    if (process == processes_.end()) return close(connection, "its process is not known");
    // Moved out first: the server's own list must not close it.
    auto descriptor = std::move(connection.descriptor);
    handler_.io_connection(*process->second->process, hello->device, message.id, std::move(descriptor),
                           std::move(connection.parser));
}

void Server::change_listener(Connection& connection, const Message& message, bool add) {
    const auto request = wire::decode<wire::PropertyRequest>(message.payload);
    if (!request) return close(connection, "a malformed request");
    const Listener listener{.object = request->object, .address = request->address};
    auto& listeners = connection.listeners;
    if (add) {
        if (listeners.size() >= kMaxListeners) return close(connection, "too many listeners");
        listeners.push_back(listener);
    } else if (const auto found =
                   std::ranges::find_if(listeners, [&](const auto& known) { return equal(known, listener); });
               found != listeners.end()) {
        listeners.erase(found);
    }
    reply(connection.process->token, message.id, status_only(kAudioHardwareNoError));
}

void Server::reply(uint64_t process, uint32_t id, const wire::Reply& reply) {
    const auto found = processes_.find(process);
    if (found != processes_.end()) send(*found->second, MessageType::kReply, id, encode(reply));
}

void Server::notify(AudioObjectID object, const std::vector<AudioObjectPropertyAddress>& addresses) {
    std::vector<Connection*> connections;  // sending may close one
    connections.reserve(processes_.size());
    for (const auto& [token, connection] : processes_) connections.push_back(connection);
    for (auto* const connection : connections) {
        wire::PropertiesChanged changed{.object = object, .addresses = {}};
        for (const auto& address : addresses) {
            const bool heard = std::ranges::any_of(connection->listeners, [&](const auto& listener) {
                return hears(listener, object, address);
            });
            if (heard && changed.addresses.size() < wire::kMaxAddresses) changed.addresses.push_back(address);
        }
        if (!changed.addresses.empty())
            send(*connection, MessageType::kPropertiesChanged, 0, encode(changed));
    }
}

void Server::send(Connection& connection, MessageType type, uint32_t id,
                  const std::vector<uint8_t>& payload) {
    if (!connection.descriptor) return;
    const auto block = packed(type, id, payload);
    if (connection.unsent.size() + block.size() > kMaxUnread) {
        return close(connection, "it does not read what it is sent");
    }
    connection.unsent.insert(connection.unsent.end(), block.begin(), block.end());
    flush(connection);
}

void Server::flush(Connection& connection) {
    auto& unsent = connection.unsent;
    if (unsent.empty() || !connection.descriptor) return;
    const auto sent = wire::send_some(connection.descriptor.get(), unsent);
    if (sent < 0) return close(connection, "");
    unsent.erase(unsent.begin(), unsent.begin() + sent);
}

// Without a reason the client has simply ended.
void Server::close(Connection& connection, const std::string& reason) {
    if (!connection.descriptor) return;
    if (!reason.empty()) {
        const auto pid = wire::peer_process(connection.descriptor.get());
        fmt::print(stderr, "minihald: closed the connection of process {}: {}\n", pid, reason);
        wire::Writer writer;
        writer.put_text(reason);
        wire::send_some(connection.descriptor.get(), packed(MessageType::kGoodbye, 0, writer.take()));
    }
    connection.descriptor = {};
    if (connection.process) {
        processes_.erase(connection.process->token);
        handler_.process_ended(*connection.process);
    }
}

}  // namespace minihal
