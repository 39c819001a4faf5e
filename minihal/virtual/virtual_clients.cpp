// VirtualHal: the processes that use the API.
#include <algorithm>

#include "minihal/virtual/virtual_hal_impl.hpp"

namespace minihal {

using wire::MessageType;

namespace {

OSStatus no_server() {
    return kAudioHardwareNotRunningError;
}

IoProc* find(std::vector<IoProc>& procs, AudioDeviceIOProcID id) {
    const auto found = std::ranges::find(procs, reinterpret_cast<uintptr_t>(id), &IoProc::id);
    return found != procs.end() ? &*found : nullptr;
}

bool any_running(const std::vector<IoProc>& procs) {
    return std::ranges::any_of(procs, &IoProc::running);
}

}  // namespace

void VirtualHal::Impl::set_caller(pid_t pid, const std::string& bundle_id) {
    auto& process = processes_[pid];
    if (process.token == 0 || process.bundle_id != bundle_id) {
        process = {.token = next_token_++, .pid = pid, .bundle_id = bundle_id};
    }
    caller_ = pid;
}

void VirtualHal::Impl::kill_process(pid_t pid) {
    std::erase_if(listeners_, [pid](const auto& listener) { return listener.pid == pid; });
    std::erase_if(uses_, [pid](const auto& use) { return use.first.first == pid; });
    const auto process = processes_.find(pid);
    if (process == processes_.end()) return;
    if (server_) server_->host.process_ended(process->second);
    settle();
    // It may begin again under its number, as another one.
    process->second.token = next_token_++;
}

wire::Reply VirtualHal::Impl::request(MessageType type, const wire::PropertyRequest& request) {
    if (!server_) return {.status = no_server(), .value = {}};
    if (type == MessageType::kSetPropertyData && options_.on_set)
        options_.on_set(request.object, request.address);
    auto reply = server_->host.property(caller(), type, request);
    settle();
    return reply;
}

wire::PropertyKinds VirtualHal::Impl::kinds(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    if (const auto standard = wire::standard_kinds(address.mSelector)) return *standard;
    return wire::decode_kinds(
        request(MessageType::kGetPropertyKinds,
                {.object = object, .address = address, .qualifier = {}, .size = 0, .data = {}}));
}

OSStatus VirtualHal::Impl::add_listener(const Listener& listener) {
    if (!server_) return no_server();
    const ProcessListener added{.pid = caller_, .listener = listener};
    if (std::ranges::find(listeners_, added) == listeners_.end()) listeners_.push_back(added);
    return kAudioHardwareNoError;
}

OSStatus VirtualHal::Impl::remove_listener(const Listener& listener) {
    const bool there = std::erase(listeners_, ProcessListener{.pid = caller_, .listener = listener}) > 0;
    return there && !server_ ? no_server() : kAudioHardwareNoError;
}

// The device learns of its client.
OSStatus VirtualHal::Impl::connect(AudioObjectID device, Use& use) {
    if (!server_) return no_server();
    if (use.client) return kAudioHardwareNoError;
    const auto client = server_->host.add_client(caller(), device);
    if (!client) return client.error();
    use.client = *client;
    use.started = false;
    use.inputs = kAllInputs;
    server_->cycles.add_client(*client);
    return kAudioHardwareNoError;
}

std::expected<AudioDeviceIOProcID, OSStatus> VirtualHal::Impl::add_proc(AudioObjectID device,
                                                                        AudioDeviceIOProc proc,
                                                                        void* client_data) {
    const UseKey key{caller_, device};
    if (const auto status = connect(device, uses_[key]); status != 0) {
        if (uses_[key].procs.empty()) uses_.erase(key);
        return std::unexpected(status);
    }
    const auto id = next_proc_++;
    uses_[key].procs.push_back({.id = id, .proc = proc, .client_data = client_data, .running = false});
    return proc_id(id);
}

OSStatus VirtualHal::Impl::start_proc(AudioObjectID device, AudioDeviceIOProcID id) {
    const auto found = uses_.find({caller_, device});
    auto* const proc = found != uses_.end() ? find(found->second.procs, id) : nullptr;
    if (proc == nullptr) return kAudioHardwareIllegalOperationError;
    auto& use = found->second;
    if (const auto status = connect(device, use); status != 0) return status;
    proc->running = true;
    tell_inputs(use);
    if (std::exchange(use.started, true)) return kAudioHardwareNoError;
    const auto status = ask(MessageType::kStartIo, *use.client);
    if (status != kAudioHardwareNoError) {
        use.started = false;
        for (auto& each : use.procs) each.running = false;
    }
    return status;
}

OSStatus VirtualHal::Impl::stop_proc(AudioObjectID device, AudioDeviceIOProcID id) {
    const UseKey key{caller_, device};
    const auto found = uses_.find(key);
    auto* const proc = found != uses_.end() ? find(found->second.procs, id) : nullptr;
    if (proc == nullptr) return kAudioHardwareIllegalOperationError;
    if (!server_ || !found->second.client) return no_server();
    proc->running = false;
    stop_if_idle(key);
    return kAudioHardwareNoError;
}

OSStatus VirtualHal::Impl::remove_proc(AudioObjectID device, AudioDeviceIOProcID id) {
    if (const auto status = stop_proc(device, id); status == kAudioHardwareIllegalOperationError) {
        return status;
    }
    const UseKey key{caller_, device};
    std::erase_if(uses_.at(key).procs,
                  [id](const IoProc& proc) { return proc.id == reinterpret_cast<uintptr_t>(id); });
    end_if_unused(key);
    return kAudioHardwareNoError;
}

// What an IO proc has written in the cycle under way is still played.
void VirtualHal::Impl::stop_if_idle(const UseKey& key) {
    if (server_ && server_->cycles.in_cycle()) {
        after_cycle_.emplace_back([this, key] { stop_if_idle(key); });
        return;
    }
    const auto found = uses_.find(key);
    if (found == uses_.end() || !server_ || !found->second.client) return;
    const Caller as(*this, key.first);
    tell_inputs(found->second);
    if (any_running(found->second.procs) || !std::exchange(found->second.started, false)) return;
    ask(MessageType::kStopIo, *found->second.client);
}

void VirtualHal::Impl::end_if_unused(const UseKey& key) {
    if (server_ && server_->cycles.in_cycle()) {
        after_cycle_.emplace_back([this, key] { end_if_unused(key); });
        return;
    }
    const auto found = uses_.find(key);
    if (found == uses_.end() || !found->second.procs.empty()) return;
    const auto client = found->second.client;
    uses_.erase(found);
    if (!server_ || !client) return;
    server_->cycles.remove_client(*client);
    settle();
}

std::expected<uint32_t, OSStatus> VirtualHal::Impl::streams_off(AudioObjectID device, AudioDeviceIOProcID id,
                                                                AudioObjectPropertyScope scope) {
    const auto found = uses_.find({caller_, device});
    auto* const proc = found != uses_.end() ? find(found->second.procs, id) : nullptr;
    if (proc == nullptr) return std::unexpected(OSStatus{kAudioHardwareIllegalOperationError});
    return proc->off(scope);
}

OSStatus VirtualHal::Impl::set_streams_off(AudioObjectID device, AudioDeviceIOProcID id,
                                           AudioObjectPropertyScope scope, uint32_t off) {
    const auto found = uses_.find({caller_, device});
    auto* const proc = found != uses_.end() ? find(found->second.procs, id) : nullptr;
    if (proc == nullptr) return kAudioHardwareIllegalOperationError;
    if (streams_off_refusal_ != 0) return streams_off_refusal_;
    proc->off(scope) = off;
    tell_inputs(found->second);
    return kAudioHardwareNoError;
}

// Before a start and behind a stop, so that an input that nobody needs is never opened.
void VirtualHal::Impl::tell_inputs(Use& use) {
    const auto needed = needed_inputs(use.procs);
    if (!server_ || !use.client || !any_running(use.procs) || needed == std::exchange(use.inputs, needed))
        return;
    const auto id = next_request_++;
    server_->host.request(caller(),
                          {.type = MessageType::kSetInputs,
                           .id = id,
                           .payload = encode(wire::InputsRequest{.client = *use.client, .inputs = needed})});
    settle();
    replies_.erase(id);
}

// To start or stop a client's IO.
OSStatus VirtualHal::Impl::ask(MessageType type, uint32_t client) {
    const auto id = next_request_++;
    server_->host.request(caller(),
                          {.type = type, .id = id, .payload = encode(wire::ClientRequest{.client = client})});
    settle();
    const auto answer = replies_.extract(id);
    return answer ? answer.mapped() : OSStatus{kAudioHardwareNoError};
}

VirtualHal::Impl::Use* VirtualHal::Impl::use_of(uint32_t client) {
    const auto found =
        std::ranges::find_if(uses_, [client](const auto& entry) { return entry.second.client == client; });
    return found != uses_.end() ? &found->second : nullptr;
}

std::vector<float> VirtualHal::Impl::play(uint32_t client, AudioObjectID device, const wire::Cycle& cycle) {
    const auto found =
        std::ranges::find_if(uses_, [client](const auto& entry) { return entry.second.client == client; });
    std::vector<IoProc> procs;
    if (found != uses_.end()) {
        std::ranges::copy_if(found->second.procs, std::back_inserter(procs), &IoProc::running);
    }
    const Caller as(*this, found != uses_.end() ? found->first.first : caller_);
    return play_cycle(device, cycle, procs, [this, client](uintptr_t id) {
        auto* const use = use_of(client);
        const auto* const proc = use != nullptr ? find(use->procs, proc_id(id)) : nullptr;
        return proc != nullptr && proc->running;
    });
}

}  // namespace minihal
