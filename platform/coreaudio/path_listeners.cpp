#include "platform/coreaudio/path_listeners.hpp"

#include "platform/coreaudio/bell.hpp"

namespace gecko::platform::coreaudio {

void PathListeners::watch_system() {
    if (!system_.empty()) return;
    const auto follow = [&](AudioObjectPropertySelector selector, AudioObjectPropertyListenerProc proc) {
        system_.emplace_back(kAudioObjectSystemObject, address_of(selector), proc, nullptr);
    };
    follow(kAudioHardwarePropertyDevices, &Bell::on_change);
    follow(kAudioHardwarePropertyDefaultOutputDevice, &Bell::on_change);
    follow(kAudioHardwarePropertyServiceRestarted, &Bell::on_restart);
}

void PathListeners::watch(AudioObjectID sink, AudioObjectID output,
                          const std::vector<AudioObjectPropertyAddress>& volume) {
    if (!devices_.empty() && sink == sink_ && output == output_ && volume.size() == volumes_) return;
    sink_ = sink;
    output_ = output;
    volumes_ = volume.size();
    devices_.clear();
    const auto follow = [&](AudioObjectID object, const AudioObjectPropertyAddress& address) {
        if (object != kAudioObjectUnknown) devices_.emplace_back(object, address, &Bell::on_change, nullptr);
    };
    constexpr auto kPlayed = kAudioObjectPropertyScopeOutput;
    for (const AudioObjectID device : {sink, output}) {
        follow(device, address_of(kAudioDevicePropertyNominalSampleRate));
        follow(device, address_of(kAudioDevicePropertyDeviceIsAlive));
    }
    follow(sink, address_of(kAudioDevicePropertyDeviceIsRunningSomewhere));
    follow(sink, address_of(kAudioDevicePropertyVolumeScalar, kPlayed));
    follow(sink, address_of(kAudioDevicePropertyMute, kPlayed));
    for (const AudioObjectPropertyAddress& address : volume) follow(output, address);
}

void PathListeners::clear() {
    devices_.clear();
    system_.clear();
}

}  // namespace gecko::platform::coreaudio
