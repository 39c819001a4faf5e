#include "minihal/virtual/virtual_cycles.hpp"

#include <algorithm>
#include <utility>

#include "minihal/system/host_clock.hpp"

namespace minihal {

VirtualCycles::VirtualCycles(CycleHooks hooks, IoEvents& events)
    : hooks_(std::move(hooks)),
      events_(events),
      devices_([this](const IoSetup& setup) { return hooks_.tap(setup); },
               [](IoDevice& io, const IoSetup& setup) { io.begin(setup, host_clock_now()); }) {}

void VirtualCycles::command(std::function<void()> command) {
    if (in_cycle_) {
        commands_.push_back(std::move(command));
        return;
    }
    command();
    plan();
}

void VirtualCycles::add_client(uint32_t client) {
    command([this, client] { devices_.add_client(client); });
}

void VirtualCycles::remove_client(uint32_t client) {
    command([this, client] {
        if (devices_.remove_client(client)) events_.client_gone(client, "its process has ended");
    });
}

void VirtualCycles::start(AudioObjectID device, uint32_t client, IoSetup setup, Operation process_output) {
    command([this, device, client, setup = std::move(setup), process_output] {
        devices_.start(device, client, setup, process_output);
    });
}

void VirtualCycles::stop(uint32_t client) {
    command([this, client] {
        devices_.stop(client);
        events_.client_stopped(client);
    });
}

void VirtualCycles::suspend(AudioObjectID device) {
    command([this, device] {
        devices_.suspend(device);
        events_.device_suspended(device);
    });
}

void VirtualCycles::resume(AudioObjectID device, IoSetup setup) {
    command([this, device, setup = std::move(setup)] { devices_.resume(device, setup); });
}

void VirtualCycles::halt(AudioObjectID device) {
    command([this, device] { devices_.halt(device); });
}

void VirtualCycles::set_buffer_frames(AudioObjectID device, uint32_t frames) {
    command([this, device, frames] { devices_.set_buffer_frames(device, frames); });
}

void VirtualCycles::set_inputs(uint32_t client, uint32_t inputs) {
    command([this, client, inputs] { devices_.set_inputs(client, inputs); });
}

// How late a cycle runs is asked once for each.
void VirtualCycles::plan() {
    for (const auto& [id, device] : devices_.all()) {
        const auto due = device.io.running() ? device.io.due() : UINT64_MAX;
        auto& plan = plans_[id];
        if (plan.due == due) continue;
        plan = {.due = due, .run_at = due};
        if (due != UINT64_MAX) plan.run_at += hooks_.lateness(device.io.uid());
    }
}

uint64_t VirtualCycles::next_due() const {
    uint64_t due = UINT64_MAX;
    for (const auto& [id, plan] : plans_) due = std::min(due, plan.run_at);
    return due;
}

void VirtualCycles::run_next() {
    const auto due = next_due();
    const auto next =
        std::ranges::find_if(plans_, [due](const auto& entry) { return entry.second.run_at == due; });
    if (due == UINT64_MAX || next == plans_.end()) return;
    in_cycle_ = true;
    run_cycle(devices_.all().at(next->first), next->first);
    in_cycle_ = false;
    for (const auto& command : std::exchange(commands_, {})) command();
    // The next cycle of this device may be due at the same time: on a new time line.
    next->second = {};
    plan();
}

void VirtualCycles::run_cycle(RunningDevice& device, AudioObjectID id) {
    const auto cycle = devices_.begin_cycle(device, host_clock_now());
    if (!cycle) return;
    std::vector<ClientSamples> played;
    played.reserve(device.clients.size());
    for (const auto client : device.clients) {
        const auto& part = devices_.part(client);
        played.push_back({.client = client,
                          .process_output = part.process_output,
                          .samples = hooks_.play(client, id, narrowed(*cycle, part.inputs))});
    }
    device.io.finish_cycle(played);
}

}  // namespace minihal
