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

std::expected<uint32_t, OSStatus> Host::add_client(const Process& process, AudioObjectID device_id) {
    const auto* const device = registry_.device(device_id);
    if (device == nullptr) return std::unexpected(OSStatus{kAudioHardwareBadDeviceError});
    const auto client_id = next_client_++;
    Client client{.process = process.token,
                  .pid = process.pid,
                  .device = device_id,
                  .bundle_id = wire::string_of(process.bundle_id),
                  .process_output = {},
                  .started = false,
                  .inputs = kAllInputs,
                  .stopping = {},
                  .waiting = {}};
    const auto& plug_in = registry_.plug_in_of(*device);
    const auto info = client_info(client_id, client);
    const auto status = plug_in.calls().AddDeviceClient(plug_in.driver(), device->local.id, &info);
    if (status != 0) return std::unexpected(status);
    clients_.emplace(client_id, std::move(client));
    return client_id;
}

void Host::process_ended(const Process& process) {
    for (const auto& [id, client] : clients_) {
        if (client.process == process.token) io_->remove_client(id);
    }
    for (auto& [id, device] : registry_.devices) {
        if (device.hog == process.pid) set_hog(device, kNoHog);
    }
}

// A client's starts and stops take effect in their order, though a stop takes until the cycle under way is over.
void Host::start_or_stop(uint64_t process, wire::MessageType type, uint32_t request, uint32_t id) {
    const auto answer = [&](OSStatus status) { server_->reply(process, request, status_only(status)); };
    const auto found = clients_.find(id);
    // A process reaches its own clients only.
    if (found == clients_.end() || found->second.process != process)
        return answer(kAudioHardwareBadDeviceError);
    auto& client = found->second;
    if (client.stopping) {
        client.waiting.emplace_back(type, request);
    } else if (type == wire::MessageType::kStartIo) {
        answer(client.started ? OSStatus{kAudioHardwareNoError} : start_io(id, client));
    } else if (!client.started) {
        answer(kAudioHardwareNoError);
    } else {
        client.stopping = request;
        io_->stop(id);
    }
}

OSStatus Host::start_io(uint32_t id, Client& client) {
    auto* const device = registry_.device(client.device);
    if (device == nullptr) return kAudioHardwareBadDeviceError;
    if (device->hog != kNoHog && device->hog != client.pid) return kAudioDevicePermissionsError;
    const bool ran = runs(device->id);
    if (const auto status = start_client(id, client, *device); status != 0) return status;
    const auto setup = io_setup(registry_.plug_in_of(*device), *device);
    if (!setup) {
        fmt::print(stderr, "minihald: cannot start {}: {}\n", device->name, setup.error());
        stop_client(id, client, *device);
        return kAudioDeviceUnsupportedFormatError;
    }
    io_->start(device->id, id, *setup, client.process_output);
    if (!ran) server_->notify(device->id, {address_of(kAudioDevicePropertyDeviceIsRunningSomewhere)});
    return kAudioHardwareNoError;
}

void Host::client_stopped(uint32_t id) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return;
    auto& client = found->second;
    if (auto* const device = registry_.device(client.device)) {
        if (client.started) stop_client(id, client, *device);
        inputs_may_have_changed(*device);
    }
    if (server_ == nullptr || !client.stopping) return;
    server_->reply(client.process, *std::exchange(client.stopping, std::nullopt),
                   status_only(kAudioHardwareNoError));
    for (auto waiting = std::exchange(client.waiting, {}); const auto& [type, request] : waiting) {
        start_or_stop(client.process, type, request, id);
    }
}

void Host::client_gone(uint32_t id) {
    remove_client(id);
}

void Host::remove_client(uint32_t id) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return;
    auto client = std::move(found->second);
    clients_.erase(found);
    auto* const device = registry_.device(client.device);
    if (device == nullptr) return;
    if (client.started) {
        if (server_) {
            fmt::print(stderr, "minihald: process {} ({}) ended while it played on {}\n", client.pid,
                       wire::text_of(client.bundle_id.get()).value_or("unknown"), device->name);
        }
        stop_client(id, client, *device);
    }
    inputs_may_have_changed(*device);
    const auto& plug_in = registry_.plug_in_of(*device);
    const auto info = client_info(id, client);
    plug_in.calls().RemoveDeviceClient(plug_in.driver(), device->local.id, &info);
}

OSStatus Host::start_client(uint32_t id, Client& client, Device& device) {
    const auto& plug_in = registry_.plug_in_of(device);
    const auto status = plug_in.calls().StartIO(plug_in.driver(), device.local.id, id);
    client.started = status == 0;
    inputs_may_have_changed(device);
    client.process_output =
        ask_operation(plug_in, device.local.id, id, kAudioServerPlugInIOOperationProcessOutput);
    return status;
}

void Host::stop_client(uint32_t id, Client& client, Device& device) {
    const auto& plug_in = registry_.plug_in_of(device);
    plug_in.calls().StopIO(plug_in.driver(), device.local.id, id);
    client.started = false;
    inputs_may_have_changed(device);
    if (server_ && !runs(device.id)) {
        server_->notify(device.id, {address_of(kAudioDevicePropertyDeviceIsRunningSomewhere)});
    }
}

void Host::set_inputs(uint32_t id, Client& client, uint32_t inputs) {
    client.inputs = inputs;
    if (io_ != nullptr) io_->set_inputs(id, inputs);
    if (auto* const device = registry_.device(client.device); device != nullptr)
        inputs_may_have_changed(*device);
}

// An input is open while a client that runs hears it.
void Host::inputs_may_have_changed(Device& device) {
    uint32_t inputs = 0;
    for (const auto& [id, client] : clients_) {
        if (client.device == device.id && client.started) inputs |= client.inputs;
    }
    open_inputs(registry_.plug_in_of(device), device, inputs);
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
