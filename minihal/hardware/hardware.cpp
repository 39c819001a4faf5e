#include "minihal/hardware/hardware.hpp"

#include <algorithm>

#include "minihal/hardware/simulated_hardware.hpp"

namespace minihal {

namespace {

hardware::DeviceOptions speakers() {
    hardware::DeviceOptions options;
    options.uid = "SimulatedSpeakers_UID";
    options.name = "Simulated Speakers";
    options.rate = 48000;
    return options;
}

struct InitialDevices {
    std::mutex mutex;
    std::vector<hardware::DeviceOptions> devices = {speakers()};
};

InitialDevices& initial() {
    static auto& only = *new InitialDevices;
    return only;
}

}  // namespace

std::expected<void, std::string> set_simulated_devices(CFPropertyListRef dictionaries) {
    if (dictionaries == nullptr) {
        const std::scoped_lock lock(initial().mutex);
        initial().devices = {speakers()};
        return {};
    }
    std::vector<CFTypeRef> items;
    if (!plist::read(dictionaries, items)) return std::unexpected("devices are an array of dictionaries");
    std::vector<hardware::DeviceOptions> devices;
    for (const auto* const item : items) {
        auto options = hardware::device_options(item);
        if (!options)
            return std::unexpected("device " + std::to_string(devices.size() + 1) + ": " + options.error());
        for (const auto& other : devices) {
            if (other.uid == options->uid) return std::unexpected("two devices have the UID " + other.uid);
        }
        devices.push_back(std::move(*options));
    }
    const std::scoped_lock lock(initial().mutex);
    initial().devices = std::move(devices);
    return {};
}

}  // namespace minihal

namespace minihal::hardware {

namespace {
// Configuration changes: one of these, or a rate in Hz, which is at least 1000.
constexpr UInt64 kBeginCall = 1;
constexpr UInt64 kEndCall = 2;
}  // namespace

Hardware::Hardware() {
    const std::scoped_lock lock(initial().mutex);
    for (const auto& options : initial().devices) add(options);
}

void Hardware::add(DeviceOptions options) {
    devices_.emplace(next_, std::make_shared<SimulatedDevice>(std::move(options), next_));
    next_ += kObjectsPerDevice;
}

std::vector<std::shared_ptr<SimulatedDevice>> Hardware::present() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::shared_ptr<SimulatedDevice>> there;
    for (const auto& [id, device] : devices_) {
        if (!device->gone()) there.push_back(device);
    }
    return there;
}

std::shared_ptr<SimulatedDevice> Hardware::with_uid(const std::string& uid) const {
    for (auto& device : present()) {
        if (device->options().uid == uid) return device;
    }
    return nullptr;
}

std::shared_ptr<SimulatedDevice> Hardware::owner_of(AudioObjectID object) const {
    if (object < kFirstDevice) return nullptr;
    const std::scoped_lock lock(mutex_);
    const auto found = devices_.find(first_of_block(object));
    return found != devices_.end() ? found->second : nullptr;
}

OSStatus Hardware::plug(DeviceOptions options) {
    if (with_uid(options.uid)) return kAudioHardwareIllegalOperationError;
    {
        const std::scoped_lock lock(mutex_);
        add(std::move(options));
    }
    changed(kAudioObjectPlugInObject, {kAudioPlugInPropertyDeviceList, kAudioObjectPropertyOwnedObjects});
    return kAudioHardwareNoError;
}

void Hardware::unplug(SimulatedDevice& device) {
    device.unplug();
    changed(device.id(Object::kDevice), {kAudioDevicePropertyDeviceIsAlive});
    changed(kAudioObjectPlugInObject, {kAudioPlugInPropertyDeviceList, kAudioObjectPropertyOwnedObjects});
}

OSStatus Hardware::request_rate(const SimulatedDevice& device, Float64 rate) {
    if (!device.has_rate(rate)) return kAudioHardwareIllegalOperationError;
    if (rate == device.rate()) return kAudioHardwareNoError;
    const AudioServerPlugInHostRef host = host_;
    return host->RequestDeviceConfigurationChange(host, device.id(Object::kDevice), static_cast<UInt64>(rate),
                                                  nullptr);
}

void Hardware::open_input(SimulatedDevice& device, bool open) const {
    if (!device.open_input(open)) return;
    changed(device.id(Object::kInputStream), {kAudioStreamPropertyIsActive});
    if (!device.options().call_rate) return;
    const AudioServerPlugInHostRef host = host_;
    host->RequestDeviceConfigurationChange(host, device.id(Object::kDevice), open ? kBeginCall : kEndCall,
                                           nullptr);
}

OSStatus Hardware::perform(SimulatedDevice& device, UInt64 action) {
    if (action == kBeginCall || action == kEndCall) {
        device.set_in_call(action == kBeginCall);
        return kAudioHardwareNoError;
    }
    // One that was asked for before a call began is the device's own behind it.
    const auto rate = static_cast<Float64>(action);
    const auto& rates = device.options().rates;
    if (std::ranges::find(rates, rate) != rates.end()) device.set_rate(rate);
    return kAudioHardwareNoError;
}

void Hardware::set_volume(SimulatedDevice& device, Object control, Float64 volume) const {
    const auto before = device.volume(control);
    device.set_volume(control, volume);
    if (device.volume(control) == before) return;
    changed(device.id(control),
            {kAudioLevelControlPropertyScalarValue, kAudioLevelControlPropertyDecibelValue});
}

void Hardware::set_muted(SimulatedDevice& device, bool muted) const {
    if (device.muted() == muted) return;
    device.set_muted(muted);
    changed(device.id(Object::kMute), {kAudioBooleanControlPropertyValue});
}

void Hardware::changed(AudioObjectID object,
                       std::initializer_list<AudioObjectPropertySelector> selectors) const {
    const AudioServerPlugInHostRef host = host_;
    if (host == nullptr) return;
    std::vector<AudioObjectPropertyAddress> addresses;
    for (const auto selector : selectors) {
        addresses.push_back({.mSelector = selector,
                             .mScope = kAudioObjectPropertyScopeGlobal,
                             .mElement = kAudioObjectPropertyElementMain});
    }
    host->PropertiesChanged(host, object, static_cast<UInt32>(addresses.size()), addresses.data());
}

}  // namespace minihal::hardware
