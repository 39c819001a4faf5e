#include "virtual_mac.hpp"

#include <algorithm>

#include "driver/cf.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

constexpr AudioObjectPropertyAddress global(AudioObjectPropertySelector selector) {
    return {selector, kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyElementMain};
}

}  // namespace

VirtualMac::VirtualMac(CFArrayRef devices) : beginning_(simulation::now()) {
    minihal::VirtualHal::Options options;
    options.devices = devices;
    options.plug_ins.push_back({.bundle_id = "audio.gecko.driver",
                                .create = [this]() -> AudioServerPlugInDriverRef {
                                    if (!installed_) return nullptr;
                                    plug_in_ =
                                        std::make_unique<driver::PlugIn>(driver::ControlCalls::drained);
                                    return plug_in_->ref();
                                },
                                .destroy = [this] { plug_in_.reset(); }});
    options.between = [this] { return plug_in_ && plug_in_->device().control_queue().drain(); };
    options.on_output = [this](const OutputHeard& output) {
        if (on_output) on_output(output);
    };
    options.on_set = [this](AudioObjectID object, const AudioObjectPropertyAddress& address) {
        if (on_set) on_set(object, address);
    };
    options.lateness = [this](const std::string& uid) { return lateness ? lateness(uid) : Ticks{0}; };
    hal_ = std::make_unique<minihal::VirtualHal>(std::move(options));
}

VirtualMac::~VirtualMac() = default;

void VirtualMac::run(double seconds) {
    const Ticks end = simulation::now() + simulation::ticks_of(seconds);
    hal_->deliver();  // what was asked for since
    if (after_each) after_each();
    for (;;) {
        const Ticks action = actions_.empty() ? UINT64_MAX : actions_.begin()->first;
        const Ticks due = hal_->next_due();
        const Ticks next = std::min(action, due);
        if (next > end) break;
        simulation::set_now(std::max(simulation::now(), next));
        if (action <= due) {
            const auto what = actions_.extract(actions_.begin());
            what.mapped()();
            hal_->deliver();
        } else {
            hal_->run_due(simulation::now());
        }
        if (after_each) after_each();
    }
    simulation::set_now(end);
}

AudioObjectID VirtualMac::device(const std::string& uid) {
    const driver::CfOwned text(driver::create_string(uid.c_str()));
    const CFStringRef qualifier = text.get();
    const auto address = global(kAudioHardwarePropertyTranslateUIDToDevice);
    AudioObjectID found = kAudioObjectUnknown;
    UInt32 size = sizeof found;
    AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, sizeof qualifier, &qualifier, &size,
                               &found);
    return found;
}

AudioObjectID VirtualMac::gecko_sink() {
    return device(shm::kDeviceUid);
}

AudioObjectID VirtualMac::default_output() {
    const auto address = global(kAudioHardwarePropertyDefaultOutputDevice);
    AudioObjectID found = kAudioObjectUnknown;
    UInt32 size = sizeof found;
    AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, &size, &found);
    return found;
}

OSStatus VirtualMac::set_default_output(AudioObjectID device) {
    const auto address = global(kAudioHardwarePropertyDefaultOutputDevice);
    return AudioObjectSetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, sizeof device, &device);
}

}  // namespace gecko::following
