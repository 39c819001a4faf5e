#include "minihal/virtual/virtual_hal.hpp"

#include <algorithm>
#include <stdexcept>

#include "minihal/host/address.hpp"
#include "minihal/system/host_clock.hpp"
#include "minihal/system/run_directory.hpp"
#include "minihal/system/ticks.hpp"
#include "minihal/virtual/virtual_hal_impl.hpp"

namespace minihal {

using wire::MessageType;

namespace {

// The program's, while there is one.
VirtualHal::Impl* the_hal = nullptr;

// What the functions are made of before and after: no server, and nothing that was.
class Nothing final : public ClientLibrary {
    static constexpr OSStatus kStatus = kAudioHardwareNotRunningError;

  public:
    wire::Reply request(MessageType, const wire::PropertyRequest&) override {
        return {.status = kStatus, .value = {}};
    }
    wire::PropertyKinds kinds(AudioObjectID, const AudioObjectPropertyAddress& address) override {
        return wire::standard_kinds(address.mSelector).value_or(wire::PropertyKinds{});
    }
    OSStatus add_listener(const Listener&) override { return kStatus; }
    OSStatus remove_listener(const Listener&) override { return kAudioHardwareNoError; }
    std::expected<AudioDeviceIOProcID, OSStatus> add_proc(AudioObjectID, AudioDeviceIOProc, void*) override {
        return std::unexpected(kStatus);
    }
    OSStatus remove_proc(AudioObjectID, AudioDeviceIOProcID) override {
        return kAudioHardwareIllegalOperationError;
    }
    OSStatus start_proc(AudioObjectID, AudioDeviceIOProcID) override {
        return kAudioHardwareIllegalOperationError;
    }
    OSStatus stop_proc(AudioObjectID, AudioDeviceIOProcID) override {
        return kAudioHardwareIllegalOperationError;
    }
    std::expected<uint32_t, OSStatus> streams_off(AudioObjectID, AudioDeviceIOProcID,
                                                  AudioObjectPropertyScope) override {
        return std::unexpected(kStatus);
    }
    OSStatus set_streams_off(AudioObjectID, AudioDeviceIOProcID, AudioObjectPropertyScope,
                             uint32_t) override {
        return kStatus;
    }
};

// Hands a device's mix on.
class Tap final : public OutputTap {
  public:
    Tap(std::string uid, const std::function<void(const VirtualHal::OutputHeard&)>& hear)
        : uid_(std::move(uid)), hear_(hear) {}
    void write(const Recording& line, int64_t sample_time, std::span<const float> samples) override {
        if (std::exchange(ended_, false)) ++time_line_;
        if (!hear_) return;
        hear_({.uid = uid_,
               .rate = line.rate,
               .channels = line.channels,
               .time_line = time_line_,
               .sample_time = sample_time,
               .host_time = line.first_host_time,
               .samples = samples});
    }
    void end_line() override { ended_ = true; }

  private:
    std::string uid_;
    const std::function<void(const VirtualHal::OutputHeard&)>& hear_;
    uint64_t time_line_ = 0;
    bool ended_ = true;
};

}  // namespace

ClientLibrary& client_library() {
    static Nothing nothing;
    if (the_hal != nullptr) return *the_hal;
    return nothing;
}

VirtualHal::VirtualHal(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
VirtualHal::~VirtualHal() = default;
bool VirtualHal::running() const {
    return impl_->running();
}
void VirtualHal::stop_server() {
    impl_->stop_server();
}
void VirtualHal::start_server() {
    impl_->start_server();
}
void VirtualHal::set_caller(pid_t process, const std::string& bundle_id) {
    impl_->set_caller(process, bundle_id);
}
void VirtualHal::kill_process(pid_t process) {
    impl_->kill_process(process);
}
uint64_t VirtualHal::next_due() const {
    return impl_->next_due();
}
void VirtualHal::run_due(uint64_t now) {
    impl_->run_due(now);
}
void VirtualHal::deliver() {
    impl_->deliver();
}
void VirtualHal::sleep(const std::vector<Return>& returning) {
    impl_->sleep(returning);
}
void VirtualHal::refuse_streams_off(OSStatus status) {
    impl_->refuse_streams_off(status);
}
OSStatus VirtualHal::hardware(CFDictionaryRef command) {
    return impl_->hardware(command);
}

VirtualHal::Impl::Impl(Options options) : options_(std::move(options)) {
    if (the_hal != nullptr) throw std::logic_error("there is a VirtualHal already");
    set_caller(1, "minihal.virtual");
    plug_in_hardware(options_.devices);
    options_.devices = nullptr;  // it is the caller's
    the_hal = this;
    // Another machine, where nobody has chosen any.
    DefaultDevices::forget(run_directory());
    start_server();
}

VirtualHal::Impl::~Impl() {
    lose_server();
    plug_in_hardware(nullptr);
    the_hal = nullptr;
}

void VirtualHal::Impl::start_server() {
    if (server_) return;
    // See ObjectMap: another server, other IDs.
    const AudioObjectID first = 64 + servers_++ * 4096;
    CycleHooks hooks{
        .play = [this](uint32_t client, AudioObjectID device,
                       const wire::Cycle& cycle) { return play(client, device, cycle); },
        .tap = [this](const IoSetup& setup) { return std::make_unique<Tap>(setup.uid, options_.on_output); },
        .lateness =
            [this](const std::string& uid) {
                return options_.lateness ? options_.lateness(uid) : uint64_t{0};
            }};
    server_ = std::make_unique<Server>(
        run_directory(), first, [this] { reported_ = true; }, std::move(hooks),
        static_cast<IoEvents&>(*this));
    auto& host = server_->host;
    host.add_simulated_hardware();
    for (const auto& source : options_.plug_ins) {
        const auto driver = source.create();
        if (driver == nullptr) continue;
        host.add_plug_in(source.bundle_id, LoadedPlugIn{.bundle_id = source.bundle_id, .driver = driver});
    }
    host.begin(server_->cycles, static_cast<Clients&>(*this));
    mute_ = true;
    catch_up_hardware();
    mute_ = false;
    if (servers_ > 1) notify(kAudioObjectSystemObject, {address_of(kAudioHardwarePropertyServiceRestarted)});
}

void VirtualHal::Impl::stop_server() {
    if (server_ && server_->cycles.in_cycle())
        throw std::logic_error("the server cannot stop within a cycle");
    lose_server();
}

void VirtualHal::Impl::lose_server() {
    if (!server_) return;
    keep_hardware();
    server_.reset();
    for (auto source = options_.plug_ins.rbegin(); source != options_.plug_ins.rend(); ++source) {
        if (source->destroy) source->destroy();
    }
    io_events_.clear();
    reported_ = false;
    for (auto& [key, use] : uses_) use.lose_client();
    // The objects of the server that is lost are gone, and so are their listeners.
    std::erase_if(listeners_,
                  [](const auto& entry) { return entry.listener.object != kAudioObjectSystemObject; });
}

uint64_t VirtualHal::Impl::next_due() const {
    if (!notifications_.empty() || reported_) return host_clock_now();
    auto due = server_ ? server_->cycles.next_due() : UINT64_MAX;
    if (!actions_.empty()) due = std::min(due, actions_.begin()->first);
    return due;
}

void VirtualHal::Impl::run_due(uint64_t now) {
    for (;;) {
        const auto cycle = server_ ? server_->cycles.next_due() : UINT64_MAX;
        if (!actions_.empty() && actions_.begin()->first <= std::min(now, cycle)) {
            actions_.extract(actions_.begin()).mapped()();
            continue;
        }
        if (cycle > now) break;
        server_->cycles.run_next();
        settle();
        for (const auto& action : std::exchange(after_cycle_, {})) action();
    }
    deliver();
}

void VirtualHal::Impl::deliver() {
    if (std::exchange(delivering_, true)) return;
    for (bool more = true; more;) {
        more = options_.between && server_ && options_.between();
        if (std::exchange(reported_, false) && server_) {
            server_->host.run_events();
            settle();
            more = true;
        }
        more = tell_next() || more;
    }
    delivering_ = false;
}

// One notification, to all who listen for it.
bool VirtualHal::Impl::tell_next() {
    if (notifications_.empty()) return false;
    const auto changed = std::move(notifications_.front());
    notifications_.pop_front();
    for (const auto& entry : std::vector(listeners_)) {
        std::vector<AudioObjectPropertyAddress> heard;
        std::ranges::copy_if(changed.addresses, std::back_inserter(heard), [&](const auto& address) {
            return entry.listener.hears(changed.object, address);
        });
        // It may have been removed meanwhile, by one called before it for instance.
        if (heard.empty() || std::ranges::find(listeners_, entry) == listeners_.end()) continue;
        const Caller as(*this, entry.pid);
        entry.listener.proc(changed.object, static_cast<UInt32>(heard.size()), heard.data(),
                            entry.listener.client_data);
    }
    return true;
}

void VirtualHal::Impl::sleep(const std::vector<Return>& returning) {
    deliver();
    for (const auto& device : returning) unplug_until(device);
    if (!server_) return;
    // What this reports is told behind the wake.
    server_->host.run_events();
    settle();
    restart_io();
}

// On new time lines, and nobody is told.
void VirtualHal::Impl::restart_io() {
    mute_ = true;
    server_->host.restart_io();
    settle();
    while (options_.between && options_.between()) {
    }
    server_->host.run_events();
    settle();
    reported_ = false;
    mute_ = false;
}

void VirtualHal::Impl::reply(uint64_t, uint32_t id, const wire::Reply& reply) {
    replies_[id] = reply.status;
}

void VirtualHal::Impl::notify(AudioObjectID object,
                              const std::vector<AudioObjectPropertyAddress>& addresses) {
    if (!mute_) notifications_.push_back({.object = object, .addresses = addresses});
}

void VirtualHal::Impl::client_stopped(uint32_t client) {
    io_events_.emplace_back([this, client] { server_->host.client_stopped(client); });
}

void VirtualHal::Impl::client_gone(uint32_t client, std::string) {
    if (auto* const use = use_of(client); use != nullptr) use->lose_client();
    io_events_.emplace_back([this, client] { server_->host.client_gone(client); });
}

void VirtualHal::Impl::device_suspended(AudioObjectID device) {
    io_events_.emplace_back([this, device] { server_->host.device_suspended(device); });
}

// What the cycles have reported.
void VirtualHal::Impl::settle() {
    while (!io_events_.empty()) {
        const auto event = std::move(io_events_.front());
        io_events_.pop_front();
        event();
    }
}

}  // namespace minihal
