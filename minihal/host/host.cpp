#include "minihal/host/host.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/host/system_object.hpp"
#include "minihal/system/run_directory.hpp"

namespace minihal {

namespace {

// See ObjectMap: another server, other IDs.
AudioObjectID first_object_id() {
    return 64 + (static_cast<AudioObjectID>(getpid()) & 0xffff) * 4096;
}

std::expected<LoadedPlugIn, std::string> simulated_hardware() {
    const auto driver = driver_from(create_simulated_hardware, "create_simulated_hardware");
    if (!driver) return std::unexpected(driver.error());
    return LoadedPlugIn{.bundle_id = "minihal.hardware", .driver = *driver};
}

}  // namespace

std::expected<std::unique_ptr<Host>, std::string> Host::start(const HostOptions& options) {
    auto directory = make_run_directory();
    if (!directory) return std::unexpected(directory.error());
    auto lock = RunLock::take(*directory);
    if (!lock) return std::unexpected(lock.error());
    std::unique_ptr<Host> host(new Host(std::move(*lock), *directory));
    if (auto error = host->open(options)) return std::unexpected(std::move(*error));
    return host;
}

Host::Host(RunLock lock, std::string run_directory)
    : lock_(std::move(lock)), run_directory_(std::move(run_directory)), registry_(first_object_id()) {}

std::optional<std::string> Host::open(const HostOptions& options) {
    if (!options.record_directory.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.record_directory, error);
        if (error || access(options.record_directory.c_str(), W_OK) != 0) {
            return fmt::format("cannot record into {}: it is no folder that can be written",
                               options.record_directory);
        }
    }
    auto clock = HostClockWriter::open();
    if (!clock) return clock.error();
    const auto console = run_file(kConsoleFile);
    std::ofstream console_file(console);
    if (options.console_user) console_file << *options.console_user << '\n';
    if (!console_file.flush()) return fmt::format("cannot make {}", console);
    load_plug_ins(options.plug_ins);
    io_ =
        std::make_unique<IoLoop>(std::move(*clock), options.record_directory, static_cast<IoEvents&>(*this));
    auto listener = wire::listen_at(run_file(kSocketFile));
    if (!listener) return listener.error();
    server_ = std::make_unique<Server>(std::move(*listener), static_cast<ServerHandler&>(*this));
    return options.share ? share() : std::nullopt;
}

// What other users' programs need, whatever the umask: the way in, the socket, the clock for reading.
std::optional<std::string> Host::share() const {
    const std::pair<std::string, mode_t> files[] = {
        {run_directory_, 0755}, {run_file(kSocketFile), 0666}, {run_file(kClockFile), 0644}};
    for (const auto& [path, mode] : files) {
        if (chmod(path.c_str(), mode) != 0) {
            return fmt::format("cannot share {} with other users: {}", path, std::strerror(errno));
        }
    }
    return std::nullopt;
}

Host::~Host() {
    server_.reset();
    unlink(run_file(kSocketFile).c_str());
    // Ended first, so that nothing runs when the plug-ins are told to stop.
    io_.reset();
    run_events();
    while (!clients_.empty()) remove_client(clients_.begin()->first);
    unlink(run_file(kConsoleFile).c_str());
}

void Host::run() {
    for (;;) {
        std::vector<pollfd> descriptors = {{.fd = stop_.descriptor(), .events = POLLIN, .revents = 0},
                                           {.fd = events_wake_.descriptor(), .events = POLLIN, .revents = 0}};
        server_->add_descriptors(descriptors);
        if (poll(descriptors.data(), static_cast<nfds_t>(descriptors.size()), -1) < 0) continue;
        if (descriptors[0].revents != 0) return;
        // Notifications before the answers to requests that come after them.
        run_events();
        server_->serve();
        run_events();
    }
}

void Host::stop() {
    stop_.notify();
}

void Host::load_plug_ins(const std::filesystem::path& directory) {
    add_plug_in("the simulated hardware", simulated_hardware());
    if (!directory.empty()) {
        const auto bundles = find_bundles(directory);
        if (!bundles)
            fmt::print(stderr, "minihald: {}; going on with simulated hardware only\n", bundles.error());
        for (const auto& bundle : bundles.value_or(std::vector<std::filesystem::path>{})) {
            add_plug_in(bundle.filename().string(), load_bundle(bundle));
        }
    }
    system_object::choose_defaults(registry_);
}

void Host::add_plug_in(const std::string& name, const std::expected<LoadedPlugIn, std::string>& loaded) {
    auto plug_in = loaded ? PlugIn::start(*loaded, registry_.plug_ins.size(), *this, run_directory_)
                          : std::unexpected(loaded.error());
    if (!plug_in) {
        fmt::print(stderr, "minihald: cannot load {}: {}\n", name, plug_in.error());
        return;
    }
    registry_.plug_ins.push_back(std::move(*plug_in));
    publish_devices(*registry_.plug_ins.back());
}

// Brings the registry up to what the plug-in says it has.
void Host::publish_devices(PlugIn& plug_in) {
    const auto locals =
        plug_in.get_list<AudioObjectID>(kAudioObjectPlugInObject, address_of(kAudioPlugInPropertyDeviceList));
    for (auto entry = registry_.devices.begin(); entry != registry_.devices.end();) {
        auto& device = (entry++)->second;
        if (device.local.plug_in != plug_in.index() || std::ranges::count(locals, device.local.id) > 0)
            continue;
        retire(device);
        registry_.devices.erase(device.id);
    }
    for (const auto local : locals) {
        const auto id = registry_.objects.global({.plug_in = plug_in.index(), .id = local});
        if (registry_.device(id) != nullptr) continue;
        auto device = describe_device(plug_in, local);
        if (!device) {
            fmt::print(stderr, "minihald: device {} of {} is not published: {}\n", local, plug_in.bundle_id(),
                       device.error());
            continue;
        }
        device->id = id;
        registry_.devices.emplace(id, std::move(*device));
    }
}

// The device is gone: its clients' connections end, which ends their part in it.
void Host::retire(Device& device) {
    io_->halt(device.id);
    for (auto& [id, client] : clients_) {
        if (client.device != device.id) continue;
        client.started = false;
        io_->remove_client(id);
    }
}

void Host::defaults_may_have_changed() {
    const auto output = registry_.default_output;
    const auto system_output = registry_.default_system_output;
    system_object::choose_defaults(registry_);
    std::vector<AudioObjectPropertyAddress> changed = {address_of(kAudioHardwarePropertyDevices)};
    if (registry_.default_output != output) {
        changed.push_back(address_of(kAudioHardwarePropertyDefaultOutputDevice));
    }
    if (registry_.default_system_output != system_output) {
        changed.push_back(address_of(kAudioHardwarePropertyDefaultSystemOutputDevice));
    }
    server_->notify(kAudioObjectSystemObject, changed);
}

void Host::post(std::function<void()> event) {
    {
        const std::scoped_lock lock(events_mutex_);
        events_.push_back(std::move(event));
    }
    events_wake_.notify();
}

void Host::run_events() {
    events_wake_.drain();
    // What an event brings about may be an event again.
    for (;;) {
        std::vector<std::function<void()>> events;
        {
            const std::scoped_lock lock(events_mutex_);
            events.swap(events_);
        }
        if (events.empty()) return;
        for (const auto& event : events) event();
    }
}

void Host::properties_changed(size_t plug_in, AudioObjectID object,
                              std::vector<AudioObjectPropertyAddress> addresses) {
    post([this, plug_in, object, addresses = std::move(addresses)] {
        if (!server_) return;
        tell_clients({.plug_in = plug_in, .id = object}, addresses);
        const bool devices = std::ranges::any_of(addresses, [](const auto& address) {
            return address.mSelector == kAudioPlugInPropertyDeviceList;
        });
        if (!devices || object != kAudioObjectPlugInObject) return;
        publish_devices(*registry_.plug_ins[plug_in]);
        defaults_may_have_changed();
    });
}

void Host::tell_clients(const LocalObject& object, const std::vector<AudioObjectPropertyAddress>& addresses) {
    if (server_) server_->notify(registry_.objects.global(object), addresses);
}

}  // namespace minihal
