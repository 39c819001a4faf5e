#include "platform/coreaudio/bell.hpp"

#include <utility>

namespace gecko::platform::coreaudio {

Bell& Bell::instance() {
    static auto& bell = *new Bell;
    return bell;
}

void Bell::ring(bool Call::* why) {
    {
        const std::lock_guard lock(mutex_);
        call_.*why = true;
        rung_since_take_ = true;
    }
    rung_.notify_all();
}

Call Bell::take() {
    const std::lock_guard lock(mutex_);
    rung_since_take_ = false;
    return std::exchange(call_, {});
}

void Bell::wait(HostTime until) {
    std::unique_lock lock(mutex_);
    const auto rung = [this] { return rung_since_take_; };
    if (until == HostTime::max()) {
        rung_.wait(lock, rung);
    } else {
        rung_.wait_for(lock, until - host_now(), rung);
    }
}

OSStatus Bell::on_change(AudioObjectID, UInt32, const AudioObjectPropertyAddress*, void*) {
    instance().ring(&Call::changed);
    return kAudioHardwareNoError;
}

OSStatus Bell::on_restart(AudioObjectID, UInt32, const AudioObjectPropertyAddress*, void*) {
    instance().ring(&Call::restarted);
    return kAudioHardwareNoError;
}

}  // namespace gecko::platform::coreaudio
