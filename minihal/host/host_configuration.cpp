// Host: changes of a device's configuration, made while its IO is stopped.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "minihal/host/host.hpp"
#include "minihal/host/status_text.hpp"

namespace minihal {

void Host::configuration_change_requested(size_t plug_in, AudioObjectID local, UInt64 action, void* info) {
    post([this, plug_in, local, action, info] {
        auto* const device = server_ ? registry_.device({.plug_in = plug_in, .id = local}) : nullptr;
        if (device == nullptr) {
            const auto& target = *registry_.plug_ins[plug_in];
            target.calls().AbortDeviceConfigurationChange(target.driver(), local, action, info);
            return;
        }
        device->changes.push_back({.action = action, .info = info});
        if (device->suspending) return;
        if (!runs(device->id)) return change_configuration(*device);
        suspend(*device);
    });
}

// The cycle under way is finished first; its clients may need answers from this thread until it is.
void Host::suspend(Device& device) {
    if (std::exchange(device.suspending, true)) return;
    io_->suspend(device.id);
}

void Host::sleep() {
    io_->sleep();
}

void Host::wake() {
    io_->wake();
    restart_io();
}

void Host::device_suspended(AudioObjectID id) {
    auto* const device = registry_.device(id);
    if (device == nullptr || server_ == nullptr) return;
    device->suspending = false;
    change_configuration(*device);
    restart(*device);
}

void Host::restart_io() {
    for (auto& [id, device] : registry_.devices) {
        if (runs(id)) suspend(device);
    }
}

// With the device's IO at rest.
void Host::change_configuration(Device& device) {
    const auto& plug_in = registry_.plug_in_of(device);
    const auto& calls = plug_in.calls();
    const auto local = device.local.id;
    for (auto& [id, client] : clients_) {
        if (client.device != device.id || !client.started) continue;
        calls.StopIO(plug_in.driver(), local, id);
        // One that is about to stop has done so here, and is not started again.
        client.started = !client.stopping;
    }
    const auto before = configuration_state(plug_in, local);
    for (; !device.changes.empty(); device.changes.pop_front()) {
        const auto& change = device.changes.front();
        const auto status =
            calls.PerformDeviceConfigurationChange(plug_in.driver(), local, change.action, change.info);
        if (status != 0) {
            fmt::print(stderr, "minihald: {} failed to change its configuration: {}\n", device.name,
                       status_text(status));
        }
    }
    for (const auto& state : configuration_state(plug_in, local)) {
        const bool same = std::ranges::any_of(before, [&](const PropertyState& old) {
            return old.object == state.object && same_address(old.address, state.address) &&
                   old.value == state.value;
        });
        if (!same) tell_clients({.plug_in = plug_in.index(), .id = state.object}, {state.address});
    }
}

// The clients that were running run again, on a new time line.
void Host::restart(Device& device) {
    const auto give_up = [&](const std::string& why) {
        fmt::print(stderr, "minihald: {} does not start again after its configuration change: {}\n",
                   device.name, why);
    };
    std::vector<uint32_t> restarted;
    for (auto& [id, client] : clients_) {
        if (client.device != device.id || !client.started) continue;
        const auto status = start_client(id, client, device);
        if (status == 0) {
            restarted.push_back(id);
        } else {
            give_up(status_text(status));
            io_->remove_client(id);
        }
    }
    const auto setup = io_setup(registry_.plug_in_of(device), device);
    if (!setup) {
        give_up(setup.error());
        for (const auto id : restarted) stop_client(id, clients_.at(id), device);
        return io_->halt(device.id);
    }
    for (const auto id : restarted) io_->start(device.id, id, *setup, clients_.at(id).process_output);
    io_->resume(device.id, *setup);
}

}  // namespace minihal
