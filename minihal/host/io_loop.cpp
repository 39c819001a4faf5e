#include "minihal/host/io_loop.hpp"

#include <poll.h>

#include <algorithm>

namespace minihal {

using std::chrono::nanoseconds;

namespace {
constexpr nanoseconds kForever{-1};
}

IoLoop::IoLoop(HostClockWriter clock, std::string record_directory, IoEvents& events)
    : clock_(std::move(clock)), record_directory_(std::move(record_directory)), events_(events) {
    thread_ = std::thread([this] { run(); });
}

IoLoop::~IoLoop() {
    quit_ = true;
    wake_.notify();
    thread_.join();
}

void IoLoop::add_client(uint32_t client, wire::Descriptor descriptor, wire::MessageParser parser) {
    auto connection = std::make_shared<IoConnection>(std::move(descriptor), std::move(parser));
    post([this, client, connection] {
        clients_.emplace(client, Client{.connection = std::move(*connection), .process_output = {}});
    });
}

void IoLoop::remove_client(uint32_t client) {
    post([this, client] {
        if (const auto found = clients_.find(client); found != clients_.end()) {
            found->second.connection.close("its process has ended");
        }
    });
}

void IoLoop::start(AudioObjectID device, uint32_t client, IoSetup setup, Operation process_output) {
    post([this, device, client, setup = std::move(setup), process_output] {
        const auto found = clients_.find(client);
        if (found == clients_.end()) return;
        found->second.device = device;
        found->second.process_output = process_output;
        auto& io = devices_.try_emplace(device, record_directory_, setup).first->second;
        io.clients.insert(client);
        if (!io.device.running() && !io.suspended) begin(io, setup);
    });
}

void IoLoop::stop(uint32_t client) {
    post([this, client] {
        detach(client);
        events_.client_stopped(client);
    });
}

void IoLoop::suspend(AudioObjectID device) {
    post([this, device] {
        if (const auto found = devices_.find(device); found != devices_.end()) {
            found->second.device.end();
            found->second.suspended = true;
        }
        events_.device_suspended(device);
    });
}

void IoLoop::resume(AudioObjectID device, IoSetup setup) {
    post([this, device, setup = std::move(setup)] {
        const auto found = devices_.find(device);
        if (found == devices_.end()) return;
        found->second.suspended = false;
        if (!found->second.clients.empty()) begin(found->second, setup);
    });
}

void IoLoop::halt(AudioObjectID device) {
    post([this, device] {
        const auto found = devices_.find(device);
        if (found == devices_.end()) return;
        found->second.suspended = false;
        for (const auto client : found->second.clients) clients_.at(client).device = kAudioObjectUnknown;
        found->second.clients.clear();
        found->second.device.end();
    });
}

void IoLoop::set_buffer_frames(AudioObjectID device, uint32_t frames) {
    post([this, device, frames] {
        if (const auto found = devices_.find(device); found != devices_.end()) {
            found->second.device.set_buffer_frames(frames);
        }
    });
}

void IoLoop::sleep() {
    post([this] {
        asleep_ = true;
        set_due(host_clock_now());
    });
}

void IoLoop::wake() {
    post([this] { asleep_ = false; });
}

void IoLoop::set_inputs(uint32_t client, uint32_t inputs) {
    post([this, client, inputs] {
        if (const auto found = clients_.find(client); found != clients_.end()) found->second.inputs = inputs;
    });
}

void IoLoop::post(std::function<void()> command) {
    {
        const std::scoped_lock lock(mutex_);
        commands_.push_back(std::move(command));
    }
    wake_.notify();
}

void IoLoop::set_due(uint64_t due) {
    due_ = due;
    clock_.set_due(due);
}

// The clock stands still from now until the loop has told it of the first cycle, or it might pass it.
void IoLoop::begin(DeviceIo& io, const IoSetup& setup) {
    const auto now = host_clock_now();
    set_due(now);
    io.device.begin(setup, std::max(now, host_clock_now()));
}

void IoLoop::run() {
    set_due(kNoDue);
    while (!quit_) {
        run_commands();
        drop_closed_clients();
        if (asleep_) {
            wait(kForever);
            continue;
        }
        auto* const next = earliest();
        const auto next_due = next != nullptr ? next->device.due() : kNoDue;
        if (next_due != due_) set_due(next_due);
        const auto left = next != nullptr ? clock_.time_until(due_) : kForever;
        if (left == nanoseconds::zero()) {
            run_cycle(*next);
        } else {
            wait(left);
        }
    }
    for (auto& [id, io] : devices_) io.device.end();
}

void IoLoop::run_commands() {
    std::vector<std::function<void()>> commands;
    {
        const std::scoped_lock lock(mutex_);
        commands.swap(commands_);
    }
    for (const auto& command : commands) command();
}

IoLoop::DeviceIo* IoLoop::earliest() {
    DeviceIo* earliest = nullptr;
    for (auto& [id, io] : devices_) {
        if (!io.device.running() || io.device.due() == kNoDue) continue;
        if (earliest == nullptr || io.device.due() < earliest->device.due()) earliest = &io;
    }
    return earliest;
}

void IoLoop::run_cycle(DeviceIo& io) {
    uint32_t inputs = 0;
    for (const auto id : io.clients) inputs |= clients_.at(id).inputs;
    const auto cycle = io.device.begin_cycle(host_clock_now(), inputs);
    if (!cycle) return;
    for (const auto id : io.clients) {
        auto& client = clients_.at(id);
        client.connection.send_cycle(narrowed(*cycle, client.inputs), io.device.samples_per_cycle());
    }
    const auto awaiting = [this](uint32_t id) { return clients_.at(id).connection.awaiting(); };
    while (std::ranges::any_of(io.clients, awaiting)) {
        wait(kForever);
        if (quit_) return;
    }
    std::vector<ClientSamples> played;
    for (const auto id : io.clients) {
        auto& client = clients_.at(id);
        if (auto samples = client.connection.take_samples()) {
            played.push_back(
                {.client = id, .process_output = client.process_output, .samples = std::move(*samples)});
        }
    }
    io.device.finish_cycle(played);
}

// For messages, commands or the time. Commands that came meanwhile are run by the loop.
void IoLoop::wait(nanoseconds timeout) {
    std::vector<pollfd> descriptors = {{.fd = wake_.descriptor(), .events = POLLIN, .revents = 0}};
    std::vector<IoConnection*> connections;
    for (auto& [id, client] : clients_) {
        if (client.connection.closed()) continue;
        descriptors.push_back({.fd = client.connection.descriptor(), .events = POLLIN, .revents = 0});
        connections.push_back(&client.connection);
    }
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
    const int milliseconds =
        timeout == kForever ? -1 : static_cast<int>(std::min<int64_t>(whole.count(), 1000));
    const auto ready = poll(descriptors.data(), static_cast<nfds_t>(descriptors.size()), milliseconds);
    if (ready == 0 && milliseconds == 0) {
        // poll() counts whole milliseconds, and ppoll() is not everywhere.
        std::this_thread::sleep_for(timeout);
        return;
    }
    if (ready <= 0) return;
    if (descriptors[0].revents != 0) wake_.drain();
    for (size_t i = 0; i < connections.size(); ++i) {
        if (descriptors[i + 1].revents != 0) connections[i]->receive();
    }
}

void IoLoop::detach(uint32_t client) {
    const auto found = clients_.find(client);
    if (found == clients_.end()) return;
    const auto device = devices_.find(std::exchange(found->second.device, kAudioObjectUnknown));
    if (device == devices_.end()) return;
    device->second.clients.erase(client);
    if (device->second.clients.empty()) device->second.device.end();
}

void IoLoop::drop_closed_clients() {
    for (auto client = clients_.begin(); client != clients_.end();) {
        const auto reason = client->second.connection.closed();
        const auto id = client->first;
        ++client;
        if (!reason) continue;
        detach(id);
        clients_.erase(id);
        events_.client_gone(id, *reason);
    }
}

}  // namespace minihal
