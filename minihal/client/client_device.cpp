#include "minihal/client/client_device.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "minihal/client/library.hpp"
#include "minihal/system/run_directory.hpp"

namespace minihal {

using wire::MessageType;

std::expected<AudioDeviceIOProcID, OSStatus> ClientDevice::add(AudioDeviceIOProc proc, void* client_data) {
    // The device learns of its client here, as under macOS.
    if (const auto there = session(); !there) return std::unexpected(there.error());
    const std::scoped_lock lock(mutex_);
    const auto id = next_proc_++;
    procs_.push_back({.id = id, .proc = proc, .client_data = client_data, .running = false});
    return proc_id(id);
}

OSStatus ClientDevice::remove(AudioDeviceIOProcID id) {
    if (const auto status = stop(id); status == kAudioHardwareIllegalOperationError) return status;
    const std::scoped_lock lock(mutex_);
    std::erase_if(procs_, [id](const IoProc& proc) { return proc.id == reinterpret_cast<uintptr_t>(id); });
    if (!procs_.empty() || !session_) return kAudioHardwareNoError;
    if (session_->is_this_thread() && session_->in_cycle) {
        session_->end_after_cycle = true;  // what the proc has written is still played
    } else {
        end(*session_);
    }
    return kAudioHardwareNoError;
}

OSStatus ClientDevice::start(AudioDeviceIOProcID id) {
    {
        const std::scoped_lock lock(mutex_);
        if (find(id) == nullptr) return kAudioHardwareIllegalOperationError;
    }
    const auto there = session();
    if (!there) return there.error();
    auto& session = **there;
    uint32_t request = 0;
    {
        const std::scoped_lock lock(mutex_);
        auto* const proc = find(id);
        if (proc == nullptr) return kAudioHardwareIllegalOperationError;
        // Before the server starts, so that the first cycle has it.
        proc->running = true;
        tell_inputs(session);
        if (std::exchange(session.started, true)) return kAudioHardwareNoError;
        // Sent here, so that starts and stops reach the server in the order in which they happen.
        request = session.control->send(MessageType::kStartIo,
                                        encode(wire::ClientRequest{.client = session.client}));
    }
    const auto status = session.control->wait(request).status;
    if (status != kAudioHardwareNoError) {
        const std::scoped_lock lock(mutex_);
        session.started = false;
        for (auto& proc : procs_) proc.running = false;
    }
    return status;
}

OSStatus ClientDevice::stop(AudioDeviceIOProcID id) {
    uint32_t request = 0;
    std::shared_ptr<Session> session;
    {
        std::unique_lock lock(mutex_);
        auto* const proc = find(id);
        if (proc == nullptr) return kAudioHardwareIllegalOperationError;
        if (!session_ || session_->ended) return kAudioHardwareNotRunningError;
        proc->running = false;
        session = session_;
        // Within a cycle, what the proc has written is still played, and then after_cycle() tells the server.
        if (session->is_this_thread()) {
            session->stop_after_cycle = true;
            return kAudioHardwareNoError;
        }
        cycle_over_.wait(lock, [&] { return !session->in_cycle; });
        tell_inputs(*session);
        if (any_running() || !std::exchange(session->started, false)) return kAudioHardwareNoError;
        request = session->control->send(MessageType::kStopIo,
                                         encode(wire::ClientRequest{.client = session->client}));
    }
    return session->control->wait(request).status;
}

std::expected<uint32_t, OSStatus> ClientDevice::streams_off(AudioDeviceIOProcID id,
                                                            AudioObjectPropertyScope scope) {
    const std::scoped_lock lock(mutex_);
    auto* const proc = find(id);
    if (proc == nullptr) return std::unexpected(OSStatus{kAudioHardwareIllegalOperationError});
    return proc->off(scope);
}

OSStatus ClientDevice::set_streams_off(AudioDeviceIOProcID id, AudioObjectPropertyScope scope, uint32_t off) {
    const std::scoped_lock lock(mutex_);
    auto* const proc = find(id);
    if (proc == nullptr) return kAudioHardwareIllegalOperationError;
    proc->off(scope) = off;
    if (session_ && !session_->ended) tell_inputs(*session_);
    return kAudioHardwareNoError;
}

// Before a start and behind a stop, so that an input that nobody needs is never opened. With mutex_ held.
void ClientDevice::tell_inputs(Session& session) {
    const auto needed = needed_inputs(procs_);
    if (!any_running() || needed == std::exchange(session.inputs, needed)) return;
    session.control->post(MessageType::kSetInputs,
                          encode(wire::InputsRequest{.client = session.client, .inputs = needed}));
}

// With mutex_ held.
void ClientDevice::end(Session& session) {
    shutdown(session.descriptor.get(), SHUT_RDWR);
    session.ended = true;
}

// The session that runs, or a new one.
std::expected<std::shared_ptr<ClientDevice::Session>, OSStatus> ClientDevice::session() {
    const std::scoped_lock connecting(connect_mutex_);
    {
        std::unique_lock lock(mutex_);
        if (session_ && !session_->ended && session_->control->alive()) return session_;
        // No proc is called by two threads at once.
        if (const auto old = session_; old && !old->is_this_thread()) {
            cycle_over_.wait(lock, [&] { return !old->in_cycle; });
        }
    }
    auto connected = connect();
    if (!connected) return connected;
    {
        const std::scoped_lock lock(mutex_);
        session_ = *connected;
    }
    std::thread([self = shared_from_this(), session = *connected] { self->run(session); }).detach();
    return connected;
}

std::expected<std::shared_ptr<ClientDevice::Session>, OSStatus> ClientDevice::connect() {
    const auto control = Library::instance().connection();
    auto descriptor = wire::connect_to(run_file(kSocketFile));
    if (!control || !descriptor) return std::unexpected(kAudioHardwareNotRunningError);
    auto session = std::make_shared<Session>();
    session->descriptor = std::move(*descriptor);
    session->control = control;
    wire::send_all(
        session->descriptor.get(),
        packed(MessageType::kHelloIo, 0, encode(wire::HelloIo{.token = control->token(), .device = id_})));
    const auto append = [&](std::span<const uint8_t> bytes) { session->parser.append(bytes); };
    while (wire::receive(session->descriptor.get(), append) == wire::Received::kBytes) {
        const auto message = session->parser.next();
        if (message && !*message) continue;
        if (!message || (*message)->type != MessageType::kReply) break;
        const auto reply = wire::decode<wire::Reply>((*message)->payload);
        if (!reply) break;
        if (reply->status != kAudioHardwareNoError) return std::unexpected(reply->status);
        wire::Reader reader(reply->value);
        session->client = reader.get<uint32_t>();
        return session;
    }
    return std::unexpected(kAudioHardwareNotRunningError);
}

IoProc* ClientDevice::find(AudioDeviceIOProcID id) {
    const auto found = std::ranges::find(procs_, reinterpret_cast<uintptr_t>(id), &IoProc::id);
    return found != procs_.end() ? &*found : nullptr;
}

bool ClientDevice::any_running() const {
    return std::ranges::any_of(procs_, &IoProc::running);
}

void ClientDevice::run(const std::shared_ptr<Session>& session) {
    {
        const std::scoped_lock lock(mutex_);
        session->thread = std::this_thread::get_id();
    }
    const auto append = [&](std::span<const uint8_t> bytes) { session->parser.append(bytes); };
    bool good = true;
    while (good) {
        const auto message = session->parser.next();
        if (message && *message) {
            good = take(*session, **message);
        } else {
            good = message && wire::receive(session->descriptor.get(), append) == wire::Received::kBytes;
        }
    }
    {
        // Without its server nothing calls the procs, until they are started again.
        const std::scoped_lock lock(mutex_);
        session->ended = true;
        session->in_cycle = false;
        if (session_ == session) {
            for (auto& proc : procs_) proc.running = false;
        }
    }
    cycle_over_.notify_all();
}

bool ClientDevice::take(Session& session, const wire::Message& message) {
    const auto cycle =
        message.type == MessageType::kCycle ? wire::decode<wire::Cycle>(message.payload) : std::nullopt;
    if (!cycle) return false;
    {
        const std::scoped_lock lock(mutex_);
        session.in_cycle = true;
    }
    const auto samples = play(*cycle);
    const std::span bytes(reinterpret_cast<const uint8_t*>(samples.data()), samples.size() * sizeof(float));
    const wire::CycleDone done{.number = cycle->number, .samples = bytes};
    const bool sent =
        wire::send_all(session.descriptor.get(), packed(MessageType::kCycleDone, 0, encode(done)));
    after_cycle(session);
    return sent;
}

// The sum of what the running procs write, in the order in which they were made.
std::vector<float> ClientDevice::play(const wire::Cycle& cycle) {
    std::vector<IoProc> running;
    {
        const std::scoped_lock lock(mutex_);
        std::ranges::copy_if(procs_, std::back_inserter(running), &IoProc::running);
    }
    return play_cycle(id_, cycle, running, [this](uintptr_t id) {
        const std::scoped_lock lock(mutex_);
        const auto* const proc = find(proc_id(id));
        return proc != nullptr && proc->running;
    });
}

// Takes up what IO procs have asked for in the cycle.
void ClientDevice::after_cycle(Session& session) {
    {
        const std::scoped_lock lock(mutex_);
        session.in_cycle = false;
        const bool stop = std::exchange(session.stop_after_cycle, false) && !any_running();
        if (stop && std::exchange(session.started, false)) {
            // Not waited for: the server may want another cycle first.
            session.control->post(MessageType::kStopIo,
                                  encode(wire::ClientRequest{.client = session.client}));
        }
        tell_inputs(session);
        if (std::exchange(session.end_after_cycle, false) && procs_.empty()) end(session);
    }
    cycle_over_.notify_all();
}

}  // namespace minihal
