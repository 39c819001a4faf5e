#include "minihal/client/connection.hpp"

#include <CoreFoundation/CoreFoundation.h>

#include <cerrno>
#include <cstdlib>
#include <thread>

#include "minihal/system/run_directory.hpp"
#include "minihal/wire/cf_value.hpp"

namespace minihal {

using wire::Message;
using wire::MessageType;
using wire::Reply;

namespace {

// As the server tells it to plug-ins: the identifier of the application's bundle, or the name of a program in none.
std::string bundle_id() {
    const CFStringRef identifier = CFBundleGetIdentifier(CFBundleGetMainBundle());
    if (auto text = wire::text_of(identifier); text && !text->empty()) return *text;
#if defined(__APPLE__)
    return getprogname();
#else
    return program_invocation_short_name;
#endif
}

// The ID of requests whose answers nobody waits for.
constexpr uint32_t kNobody = 0;

Reply not_running() {
    return {.status = kAudioHardwareNotRunningError, .value = {}};
}

}  // namespace

std::shared_ptr<Connection> Connection::open(ConnectionEvents events) {
    auto descriptor = wire::connect_to(run_file(kSocketFile));
    if (!descriptor) return nullptr;
    std::shared_ptr<Connection> connection(new Connection(std::move(*descriptor), std::move(events)));
    std::thread([connection] { connection->read(); }).detach();
    const auto reply =
        connection->request(MessageType::kHelloControl, encode(wire::HelloControl{.bundle_id = bundle_id()}));
    wire::Reader reader(reply.value);
    connection->token_ = reader.get<uint64_t>();
    return reply.status == kAudioHardwareNoError && reader.finished() ? connection : nullptr;
}

Connection::Connection(wire::Descriptor descriptor, ConnectionEvents events)
    : descriptor_(std::move(descriptor)), events_(std::move(events)) {}

bool Connection::alive() const {
    const std::scoped_lock lock(mutex_);
    return alive_;
}

uint32_t Connection::send(MessageType type, const std::vector<uint8_t>& payload) {
    uint32_t id = kNobody;
    {
        const std::scoped_lock lock(mutex_);
        while (id == kNobody || pending_.contains(id)) id = next_id_++;
        pending_.try_emplace(id);
    }
    // A failure shows on the reading side, which then ends all requests.
    const std::scoped_lock lock(send_mutex_);
    wire::send_all(descriptor_.get(), packed(type, id, payload));
    return id;
}

Reply Connection::wait(uint32_t id) {
    std::unique_lock lock(mutex_);
    answered_.wait(lock, [&] { return !alive_ || pending_.at(id).has_value(); });
    const auto entry = pending_.extract(id);
    return entry.mapped().value_or(not_running());
}

void Connection::post(MessageType type, const std::vector<uint8_t>& payload) {
    const std::scoped_lock lock(send_mutex_);
    wire::send_all(descriptor_.get(), packed(type, kNobody, payload));
}

void Connection::read() {
    wire::MessageParser parser;
    const auto append = [&parser](std::span<const uint8_t> bytes) { parser.append(bytes); };
    for (bool good = true; good && wire::receive(descriptor_.get(), append) == wire::Received::kBytes;) {
        for (;;) {
            auto message = parser.next();
            good = message.has_value() && (!*message || take(**message));
            if (!good || !*message) break;
        }
    }
    {
        const std::scoped_lock lock(mutex_);
        alive_ = false;
    }
    answered_.notify_all();
    events_.lost(this);
}

// False when the server does not keep to the protocol, or says goodbye.
bool Connection::take(const Message& message) {
    if (message.type == MessageType::kPropertiesChanged) {
        auto changed = wire::decode<wire::PropertiesChanged>(message.payload);
        if (changed) events_.changed(std::move(*changed));
        return changed.has_value();
    }
    if (message.type != MessageType::kReply) return false;
    auto reply = wire::decode<Reply>(message.payload);
    if (reply && message.id == kNobody) return true;
    const std::scoped_lock lock(mutex_);
    const auto pending = pending_.find(message.id);
    if (!reply || pending == pending_.end()) return false;
    pending->second = std::move(*reply);
    answered_.notify_all();
    return true;
}

}  // namespace minihal
