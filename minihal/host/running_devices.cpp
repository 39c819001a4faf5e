#include "minihal/host/running_devices.hpp"

#include <utility>

namespace minihal {

RunningDevices::RunningDevices(std::function<std::unique_ptr<OutputTap>(const IoSetup& setup)> make_tap,
                               std::function<void(IoDevice& io, const IoSetup& setup)> begin)
    : make_tap_(std::move(make_tap)), begin_(std::move(begin)) {}

RunningDevice* RunningDevices::find(AudioObjectID device) {
    const auto found = devices_.find(device);
    return found != devices_.end() ? &found->second : nullptr;
}

void RunningDevices::add_client(uint32_t client) {
    parts_.try_emplace(client);
}

bool RunningDevices::remove_client(uint32_t client) {
    stop(client);
    return parts_.erase(client) > 0;
}

void RunningDevices::start(AudioObjectID device, uint32_t client, const IoSetup& setup,
                           Operation process_output) {
    const auto part = parts_.find(client);
    if (part == parts_.end()) return;
    part->second.device = device;
    part->second.process_output = process_output;
    auto* found = find(device);
    if (found == nullptr) found = &devices_.try_emplace(device, make_tap_(setup), setup).first->second;
    found->clients.insert(client);
    if (!found->io.running() && !found->suspended) begin_(found->io, setup);
}

void RunningDevices::stop(uint32_t client) {
    const auto part = parts_.find(client);
    if (part == parts_.end()) return;
    auto* const device = find(std::exchange(part->second.device, kAudioObjectUnknown));
    if (device == nullptr) return;
    device->clients.erase(client);
    if (device->clients.empty()) device->io.end();
}

void RunningDevices::suspend(AudioObjectID id) {
    auto* const device = find(id);
    if (device == nullptr) return;
    device->io.end();
    device->suspended = true;
}

void RunningDevices::resume(AudioObjectID id, const IoSetup& setup) {
    auto* const device = find(id);
    if (device == nullptr) return;
    device->suspended = false;
    if (!device->clients.empty()) begin_(device->io, setup);
}

void RunningDevices::halt(AudioObjectID id) {
    auto* const device = find(id);
    if (device == nullptr) return;
    device->suspended = false;
    for (const auto client : device->clients) parts_.at(client).device = kAudioObjectUnknown;
    device->clients.clear();
    device->io.end();
}

void RunningDevices::set_buffer_frames(AudioObjectID id, uint32_t frames) {
    if (auto* const device = find(id)) device->io.set_buffer_frames(frames);
}

void RunningDevices::set_inputs(uint32_t client, uint32_t inputs) {
    if (const auto part = parts_.find(client); part != parts_.end()) part->second.inputs = inputs;
}

std::optional<wire::Cycle> RunningDevices::begin_cycle(RunningDevice& device, uint64_t now) const {
    uint32_t inputs = 0;
    for (const auto client : device.clients) inputs |= part(client).inputs;
    return device.io.begin_cycle(now, inputs);
}

}  // namespace minihal
