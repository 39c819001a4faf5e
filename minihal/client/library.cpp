#include "minihal/client/library.hpp"

#include "minihal/system/host_clock.hpp"
#include "minihal/wire/cf_value.hpp"

namespace minihal {

using wire::MessageType;

namespace {

wire::PropertyRequest about(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    return {.object = object, .address = address, .qualifier = {}, .size = 0, .data = {}};
}

}  // namespace

ClientLibrary& client_library() {
    return Library::instance();
}

Library& Library::instance() {
    static auto& library = *new Library;
    return library;
}

std::shared_ptr<Connection> Library::connection() {
    const std::scoped_lock lock(mutex_);
    if (connection_ && connection_->alive()) return connection_;
    connection_.reset();
    connection_ = Connection::open({.changed = [this](auto changed) { listeners_.post(std::move(changed)); },
                                    .lost = [this](const auto* which) { lost(which); }});
    if (!connection_) return nullptr;
    host_clock_follow();
    kinds_.clear();
    listeners_.look_for_server(false);
    for (const auto& listener : listeners_.lasting()) {
        connection_->request(MessageType::kAddListener, encode(about(listener.object, listener.address)));
    }
    if (std::exchange(had_one_, true)) {
        listeners_.post({.object = kAudioObjectSystemObject,
                         .addresses = {{.mSelector = kAudioHardwarePropertyServiceRestarted,
                                        .mScope = kAudioObjectPropertyScopeGlobal,
                                        .mElement = kAudioObjectPropertyElementMain}}});
    }
    return connection_;
}

wire::Reply Library::request(MessageType type, const wire::PropertyRequest& request) {
    const auto current = connection();
    if (!current) return {.status = kAudioHardwareNotRunningError, .value = {}};
    return current->request(type, encode(request));
}

wire::PropertyKinds Library::kinds(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    if (const auto standard = wire::standard_kinds(address.mSelector)) return *standard;
    const std::pair key{object, address.mSelector};
    {
        const std::scoped_lock lock(mutex_);
        if (const auto known = kinds_.find(key); known != kinds_.end()) return known->second;
    }
    const auto reply = request(MessageType::kGetPropertyKinds, about(object, address));
    if (reply.status != kAudioHardwareNoError) return {};
    const std::scoped_lock lock(mutex_);
    return kinds_[key] = wire::decode_kinds(reply);
}

OSStatus Library::add_listener(const Listener& listener) {
    // Here first: from the server's answer on nothing may be missed.
    const auto current = connection();
    if (!current) return kAudioHardwareNotRunningError;
    if (!listeners_.add(listener)) return kAudioHardwareNoError;
    const auto status =
        current->request(MessageType::kAddListener, encode(about(listener.object, listener.address))).status;
    if (status != kAudioHardwareNoError) listeners_.remove(listener);
    return status;
}

OSStatus Library::remove_listener(const Listener& listener) {
    if (!listeners_.remove(listener)) return kAudioHardwareNoError;
    return request(MessageType::kRemoveListener, about(listener.object, listener.address)).status;
}

std::expected<AudioDeviceIOProcID, OSStatus> Library::add_proc(AudioObjectID device_id,
                                                               AudioDeviceIOProc proc, void* client_data) {
    return device(device_id)->add(proc, client_data);
}

OSStatus Library::remove_proc(AudioObjectID device_id, AudioDeviceIOProcID id) {
    return device(device_id)->remove(id);
}

OSStatus Library::start_proc(AudioObjectID device_id, AudioDeviceIOProcID id) {
    return device(device_id)->start(id);
}

OSStatus Library::stop_proc(AudioObjectID device_id, AudioDeviceIOProcID id) {
    return device(device_id)->stop(id);
}

std::expected<uint32_t, OSStatus> Library::streams_off(AudioObjectID device_id, AudioDeviceIOProcID id,
                                                       AudioObjectPropertyScope scope) {
    return device(device_id)->streams_off(id, scope);
}

OSStatus Library::set_streams_off(AudioObjectID device_id, AudioDeviceIOProcID id,
                                  AudioObjectPropertyScope scope, uint32_t off) {
    return device(device_id)->set_streams_off(id, scope, off);
}

std::shared_ptr<ClientDevice> Library::device(AudioObjectID id) {
    const std::scoped_lock lock(mutex_);
    auto& device = devices_[id];
    if (!device) device = std::make_shared<ClientDevice>(id);
    return device;
}

void Library::lost(const Connection* connection) {
    const std::scoped_lock lock(mutex_);
    // A later connection may be there already, or this one was never used.
    if (connection != connection_.get()) return;
    host_clock_release();
    listeners_.keep_lasting();
    listeners_.look_for_server(true);
}

}  // namespace minihal
