// Host: processes' use of devices.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "minihal/host/host.hpp"

namespace minihal {

using wire::Reply;

namespace {
Reply status_only(OSStatus status) {
    return {.status = status, .value = {}};
}
}  // namespace

void Host::io_connection(const Process& process, AudioObjectID device_id, uint32_t id,
                         wire::Descriptor descriptor, wire::MessageParser parser) {
    const auto answer = [&](OSStatus status, uint32_t client = 0) {
        wire::Writer value;
        value.put(client);
        const Reply reply{.status = status, .value = value.take()};
        wire::send_some(descriptor.get(), packed(wire::MessageType::kReply, id, encode(reply)));
    };
    const auto* const device = registry_.device(device_id);
    if (device == nullptr) return answer(kAudioHardwareBadDeviceError);
    const auto client_id = next_client_++;
    Client client{.process = process.token,
                  .pid = process.pid,
                  .device = device_id,
                  .bundle_id = wire::string_of(process.bundle_id),
                  .process_output = {},
                  .started = false,
                  .stops = {}};
    const auto& plug_in = registry_.plug_in_of(*device);
    const auto info = client_info(client_id, client);
    const auto status = plug_in.calls().AddDeviceClient(plug_in.driver(), device->local.id, &info);
    answer(status, client_id);
    if (status != 0) return;
    clients_.emplace(client_id, std::move(client));
    io_->add_client(client_id, std::move(descriptor), std::move(parser));
}

void Host::process_ended(const Process& process) {
    for (const auto& [id, client] : clients_) {
        if (client.process == process.token) io_->remove_client(id);
    }
}

void Host::start_io(const Process& process, uint32_t request, uint32_t id) {
    const auto answer = [&](OSStatus status) { server_->reply(process.token, request, status_only(status)); };
    auto* const client = client_of(process, id);
    auto* const device = client != nullptr ? registry_.device(client->device) : nullptr;
    if (device == nullptr) return answer(kAudioHardwareBadDeviceError);
    if (client->started) return answer(kAudioHardwareNoError);
    const bool ran = runs(device->id);
    if (const auto status = start_client(id, *client, *device); status != 0) return answer(status);
    const auto setup = io_setup(registry_.plug_in_of(*device), *device);
    if (!setup) {
        fmt::print(stderr, "minihald: cannot start {}: {}\n", device->name, setup.error());
        stop_client(id, *client, *device);
        return answer(kAudioDeviceUnsupportedFormatError);
    }
    io_->start(device->id, id, *setup, client->process_output);
    if (!ran) server_->notify(device->id, {address_of(kAudioDevicePropertyDeviceIsRunningSomewhere)});
    answer(kAudioHardwareNoError);
}

void Host::stop_io(const Process& process, uint32_t request, uint32_t id) {
    auto* const client = client_of(process, id);
    if (client == nullptr || !client->started) {
        const OSStatus status = client == nullptr ? kAudioHardwareBadDeviceError : kAudioHardwareNoError;
        return server_->reply(process.token, request, status_only(status));
    }
    // Answered when the loop has let go of it.
    client->stops.push_back(request);
    if (client->stops.size() == 1) io_->stop(id);
}

void Host::client_stopped(uint32_t id) {
    post([this, id] {
        const auto found = clients_.find(id);
        if (found == clients_.end()) return;
        auto& client = found->second;
        if (auto* const device = registry_.device(client.device); device != nullptr && client.started) {
            stop_client(id, client, *device);
        }
        if (!server_) return;
        for (const auto request : std::exchange(client.stops, {})) {
            server_->reply(client.process, request, status_only(kAudioHardwareNoError));
        }
    });
}

void Host::client_gone(uint32_t id, std::string reason) {
    post([this, id, reason = std::move(reason)] { remove_client(id); });
}

void Host::remove_client(uint32_t id) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return;
    auto client = std::move(found->second);
    clients_.erase(found);
    auto* const device = registry_.device(client.device);
    if (device == nullptr) return;
    if (client.started) stop_client(id, client, *device);
    const auto& plug_in = registry_.plug_in_of(*device);
    const auto info = client_info(id, client);
    plug_in.calls().RemoveDeviceClient(plug_in.driver(), device->local.id, &info);
}

OSStatus Host::start_client(uint32_t id, Client& client, Device& device) {
    const auto& plug_in = registry_.plug_in_of(device);
    const auto status = plug_in.calls().StartIO(plug_in.driver(), device.local.id, id);
    client.started = status == 0;
    client.process_output =
        ask_operation(plug_in, device.local.id, id, kAudioServerPlugInIOOperationProcessOutput);
    return status;
}

void Host::stop_client(uint32_t id, Client& client, Device& device) {
    const auto& plug_in = registry_.plug_in_of(device);
    plug_in.calls().StopIO(plug_in.driver(), device.local.id, id);
    client.started = false;
    if (server_ && !runs(device.id)) {
        server_->notify(device.id, {address_of(kAudioDevicePropertyDeviceIsRunningSomewhere)});
    }
}

// A process reaches its own clients only.
Host::Client* Host::client_of(const Process& process, uint32_t id) {
    const auto found = clients_.find(id);
    return found != clients_.end() && found->second.process == process.token ? &found->second : nullptr;
}

bool Host::runs(AudioObjectID device) const {
    return std::ranges::any_of(clients_, [device](const auto& entry) {
        return entry.second.device == device && entry.second.started;
    });
}

AudioServerPlugInClientInfo Host::client_info(uint32_t id, const Client& client) const {
    return {.mClientID = id,
            .mProcessID = client.pid,
            .mIsNativeEndian = 1,
            .mBundleID = static_cast<CFStringRef>(client.bundle_id.get())};
}

}  // namespace minihal
