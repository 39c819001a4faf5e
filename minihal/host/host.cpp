#include "minihal/host/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/host/device_controls.hpp"

namespace minihal {

namespace {

std::expected<LoadedPlugIn, std::string> simulated_hardware() {
    const auto driver = driver_from(create_simulated_hardware, "create_simulated_hardware");
    if (!driver) return std::unexpected(driver.error());
    return LoadedPlugIn{.bundle_id = kSimulatedHardwareBundle, .driver = *driver};
}

}  // namespace

Host::Host(std::string run_directory, AudioObjectID first_object, std::function<void()> wake)
    : run_directory_(std::move(run_directory)),
      wake_(std::move(wake)),
      registry_(first_object),
      defaults_(registry_, run_directory_) {}

Host::~Host() = default;

void Host::begin(DeviceCycles& io, Clients& clients) {
    defaults_.review();
    io_ = &io;
    server_ = &clients;
}

void Host::end() {
    server_ = nullptr;
    io_ = nullptr;
    run_events();
    while (!clients_.empty()) remove_client(clients_.begin()->first);
}

void Host::add_simulated_hardware() {
    add_plug_in("the simulated hardware", simulated_hardware());
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
        const auto takes_default = address_of(kTakesDefaultProperty);
        if (io_ != nullptr && plug_in.get<UInt32>(local, takes_default).value_or(0) != 0) defaults_.take(id);
    }
}

// The device is gone: its clients' connections end, which ends their part in it.
void Host::retire(Device& device) {
    if (io_ == nullptr) return;
    io_->halt(device.id);
    for (auto& [id, client] : clients_) {
        if (client.device != device.id) continue;
        client.started = false;
        io_->remove_client(id);
    }
}

void Host::devices_changed() {
    std::vector<AudioObjectPropertyAddress> changed = {address_of(kAudioHardwarePropertyDevices)};
    for (const auto selector : defaults_.review()) changed.push_back(address_of(selector));
    server_->notify(kAudioObjectSystemObject, changed);
}

void Host::post(std::function<void()> event) {
    {
        const std::scoped_lock lock(events_mutex_);
        events_.push_back(std::move(event));
    }
    wake_();
}

void Host::run_events() {
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
        devices_changed();
    });
}

void Host::tell_clients(const LocalObject& object, const std::vector<AudioObjectPropertyAddress>& addresses) {
    if (server_ == nullptr) return;
    server_->notify(registry_.objects.global(object), addresses);
    const auto& plug_in = *registry_.plug_ins[object.plug_in];
    for (const auto& address : addresses) {
        if (const auto same = device_property(plug_in, object.id, address)) {
            server_->notify(registry_.objects.global({.plug_in = object.plug_in, .id = same->object}),
                            {same->address});
        }
    }
}

}  // namespace minihal
