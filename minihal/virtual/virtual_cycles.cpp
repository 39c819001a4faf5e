#include "minihal/virtual/virtual_cycles.hpp"

#include <algorithm>
#include <utility>

#include "minihal/system/host_clock.hpp"

namespace minihal {

VirtualCycles::VirtualCycles(CycleHooks hooks, IoEvents& events)
    : hooks_(std::move(hooks)), events_(events) {}

void VirtualCycles::command(std::function<void()> command) {
    if (!in_cycle_) return command();
    commands_.push_back(std::move(command));
}

void VirtualCycles::add_client(uint32_t client) {
    command([this, client] { clients_.emplace(client, Client{}); });
}

void VirtualCycles::remove_client(uint32_t client) {
    command([this, client] {
        detach(client);
        if (clients_.erase(client) > 0) events_.client_gone(client, "its process has ended");
    });
}

void VirtualCycles::start(AudioObjectID device, uint32_t client, IoSetup setup, Operation process_output) {
    command([this, device, client, setup = std::move(setup), process_output] {
        const auto found = clients_.find(client);
        if (found == clients_.end()) return;
        found->second.device = device;
        found->second.process_output = process_output;
        auto entry = devices_.find(device);
        if (entry == devices_.end()) {
            entry = devices_.try_emplace(device, hooks_.tap(setup), setup).first;
        }
        auto& io = entry->second;
        io.clients.insert(client);
        if (!io.device.running() && !io.suspended) begin(io, setup);
    });
}

void VirtualCycles::stop(uint32_t client) {
    command([this, client] {
        detach(client);
        events_.client_stopped(client);
    });
}

void VirtualCycles::suspend(AudioObjectID device) {
    command([this, device] {
        if (const auto found = devices_.find(device); found != devices_.end()) {
            found->second.device.end();
            found->second.suspended = true;
            schedule(found->second);
        }
        events_.device_suspended(device);
    });
}

void VirtualCycles::resume(AudioObjectID device, IoSetup setup) {
    command([this, device, setup = std::move(setup)] {
        const auto found = devices_.find(device);
        if (found == devices_.end()) return;
        found->second.suspended = false;
        if (!found->second.clients.empty()) begin(found->second, setup);
    });
}

void VirtualCycles::halt(AudioObjectID device) {
    command([this, device] {
        const auto found = devices_.find(device);
        if (found == devices_.end()) return;
        auto& io = found->second;
        io.suspended = false;
        for (const auto client : io.clients) clients_.at(client).device = kAudioObjectUnknown;
        io.clients.clear();
        io.device.end();
        schedule(io);
    });
}

void VirtualCycles::set_buffer_frames(AudioObjectID device, uint32_t frames) {
    command([this, device, frames] {
        const auto found = devices_.find(device);
        if (found == devices_.end()) return;
        found->second.device.set_buffer_frames(frames);
        schedule(found->second);
    });
}

void VirtualCycles::set_inputs(uint32_t client, uint32_t inputs) {
    command([this, client, inputs] {
        if (const auto found = clients_.find(client); found != clients_.end()) found->second.inputs = inputs;
    });
}

void VirtualCycles::begin(DeviceIo& io, const IoSetup& setup) {
    io.device.begin(setup, host_clock_now());
    schedule(io);
}

void VirtualCycles::schedule(DeviceIo& io) const {
    const auto due = io.device.running() ? io.device.due() : UINT64_MAX;
    io.run_at = due != UINT64_MAX ? due + hooks_.lateness(io.uid) : due;
}

uint64_t VirtualCycles::next_due() const {
    uint64_t due = UINT64_MAX;
    for (const auto& [id, io] : devices_) due = std::min(due, io.run_at);
    return due;
}

void VirtualCycles::run_next() {
    const auto due = next_due();
    const auto next =
        std::ranges::find_if(devices_, [due](const auto& entry) { return entry.second.run_at == due; });
    if (due == UINT64_MAX || next == devices_.end()) return;
    in_cycle_ = true;
    run_cycle(next->second, next->first);
    in_cycle_ = false;
    schedule(next->second);
    for (const auto& command : std::exchange(commands_, {})) command();
}

void VirtualCycles::run_cycle(DeviceIo& io, AudioObjectID id) {
    uint32_t inputs = 0;
    for (const auto client : io.clients) inputs |= clients_.at(client).inputs;
    const auto cycle = io.device.begin_cycle(host_clock_now(), inputs);
    if (!cycle) return;
    std::vector<ClientSamples> played;
    played.reserve(io.clients.size());
    for (const auto client : io.clients) {
        played.push_back({.client = client,
                          .process_output = clients_.at(client).process_output,
                          .samples = hooks_.play(client, id, narrowed(*cycle, clients_.at(client).inputs))});
    }
    io.device.finish_cycle(played);
}

void VirtualCycles::detach(uint32_t client) {
    const auto found = clients_.find(client);
    if (found == clients_.end()) return;
    const auto device = devices_.find(std::exchange(found->second.device, kAudioObjectUnknown));
    if (device == devices_.end()) return;
    auto& io = device->second;
    io.clients.erase(client);
    if (!io.clients.empty()) return;
    io.device.end();
    schedule(io);
}

}  // namespace minihal
