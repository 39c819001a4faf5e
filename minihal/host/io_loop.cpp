#include "minihal/host/io_loop.hpp"

#include <poll.h>

#include <algorithm>

#include "minihal/host/recorder.hpp"

namespace minihal {

using std::chrono::nanoseconds;

namespace {
constexpr nanoseconds kForever{-1};
}

IoLoop::IoLoop(HostClockWriter clock, std::string record_directory, IoEvents& events)
    : clock_(std::move(clock)),
      events_(events),
      devices_(
          [directory = std::move(record_directory)](const IoSetup& setup) {
              return std::make_unique<Recorder>(directory, setup.name, setup.uid);
          },
          [this](IoDevice& io, const IoSetup& setup) { begin(io, setup); }) {
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
        devices_.add_client(client);
        connections_.emplace(client, std::move(*connection));
    });
}

void IoLoop::remove_client(uint32_t client) {
    post([this, client] {
        if (const auto found = connections_.find(client); found != connections_.end()) {
            found->second.close("its process has ended");
        }
    });
}

void IoLoop::start(AudioObjectID device, uint32_t client, IoSetup setup, Operation process_output) {
    post([this, device, client, setup = std::move(setup), process_output] {
        devices_.start(device, client, setup, process_output);
    });
}

void IoLoop::stop(uint32_t client) {
    post([this, client] {
        devices_.stop(client);
        events_.client_stopped(client);
    });
}

void IoLoop::suspend(AudioObjectID device) {
    post([this, device] {
        devices_.suspend(device);
        events_.device_suspended(device);
    });
}

void IoLoop::resume(AudioObjectID device, IoSetup setup) {
    post([this, device, setup = std::move(setup)] { devices_.resume(device, setup); });
}

void IoLoop::halt(AudioObjectID device) {
    post([this, device] { devices_.halt(device); });
}

void IoLoop::set_buffer_frames(AudioObjectID device, uint32_t frames) {
    post([this, device, frames] { devices_.set_buffer_frames(device, frames); });
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
    post([this, client, inputs] { devices_.set_inputs(client, inputs); });
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
void IoLoop::begin(IoDevice& io, const IoSetup& setup) {
    const auto now = host_clock_now();
    set_due(now);
    io.begin(setup, std::max(now, host_clock_now()));
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
        const auto next_due = next != nullptr ? next->io.due() : kNoDue;
        if (next_due != due_) set_due(next_due);
        const auto left = next != nullptr ? clock_.time_until(due_) : kForever;
        if (left == nanoseconds::zero()) {
            run_cycle(*next);
        } else {
            wait(left);
        }
    }
    for (auto& [id, device] : devices_.all()) device.io.end();
}

void IoLoop::run_commands() {
    std::vector<std::function<void()>> commands;
    {
        const std::scoped_lock lock(mutex_);
        commands.swap(commands_);
    }
    for (const auto& command : commands) command();
}

RunningDevice* IoLoop::earliest() {
    RunningDevice* earliest = nullptr;
    for (auto& [id, device] : devices_.all()) {
        if (!device.io.running() || device.io.due() == kNoDue) continue;
        if (earliest == nullptr || device.io.due() < earliest->io.due()) earliest = &device;
    }
    return earliest;
}

void IoLoop::run_cycle(RunningDevice& device) {
    const auto cycle = devices_.begin_cycle(device, host_clock_now());
    if (!cycle) return;
    for (const auto id : device.clients) {
        connections_.at(id).send_cycle(narrowed(*cycle, devices_.part(id).inputs),
                                       device.io.samples_per_cycle());
    }
    const auto awaiting = [this](uint32_t id) { return connections_.at(id).awaiting(); };
    while (std::ranges::any_of(device.clients, awaiting)) {
        wait(kForever);
        if (quit_) return;
    }
    std::vector<ClientSamples> played;
    for (const auto id : device.clients) {
        if (auto samples = connections_.at(id).take_samples()) {
            played.push_back({.client = id,
                              .process_output = devices_.part(id).process_output,
                              .samples = std::move(*samples)});
        }
    }
    device.io.finish_cycle(played);
}

// For messages, commands or the time. Commands that came meanwhile are run by the loop.
void IoLoop::wait(nanoseconds timeout) {
    std::vector<pollfd> descriptors = {{.fd = wake_.descriptor(), .events = POLLIN, .revents = 0}};
    std::vector<IoConnection*> connections;
    for (auto& [id, connection] : connections_) {
        if (connection.closed()) continue;
        descriptors.push_back({.fd = connection.descriptor(), .events = POLLIN, .revents = 0});
        connections.push_back(&connection);
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

void IoLoop::drop_closed_clients() {
    for (auto connection = connections_.begin(); connection != connections_.end();) {
        const auto reason = connection->second.closed();
        const auto id = connection->first;
        ++connection;
        if (!reason) continue;
        devices_.remove_client(id);
        connections_.erase(id);
        events_.client_gone(id, *reason);
    }
}

}  // namespace minihal
