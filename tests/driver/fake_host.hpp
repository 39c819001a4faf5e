#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace gecko::driver::test {

/// A host that writes down what the driver tells it. Any thread.
class FakeHost {
  public:
    using Change = std::pair<AudioObjectID, AudioObjectPropertySelector>;

    [[nodiscard]] AudioServerPlugInHostRef ref() const { return &handle_.interface; }

    /// What RequestDeviceConfigurationChange answers from now on.
    void answer_requests_with(OSStatus status) { answer_ = status; }

    /// Takes the notifications so far: each object and selector once per notification.
    [[nodiscard]] std::vector<Change> take_changes() {
        const std::lock_guard lock(mutex_);
        return std::exchange(changes_, {});
    }
    /// Takes the change actions asked for so far.
    [[nodiscard]] std::vector<UInt64> take_requests() {
        const std::lock_guard lock(mutex_);
        return std::exchange(requests_, {});
    }

  private:
    struct Handle {
        AudioServerPlugInHostInterface interface;
        FakeHost* host;
    };
    static FakeHost& of(AudioServerPlugInHostRef ref) { return *reinterpret_cast<const Handle*>(ref)->host; }

    static OSStatus properties_changed(AudioServerPlugInHostRef ref, AudioObjectID object, UInt32 count,
                                       const AudioObjectPropertyAddress* addresses) {
        FakeHost& host = of(ref);
        const std::lock_guard lock(host.mutex_);
        for (UInt32 i = 0; i < count; ++i) host.changes_.emplace_back(object, addresses[i].mSelector);
        return 0;
    }
    static OSStatus copy_from_storage(AudioServerPlugInHostRef, CFStringRef, CFPropertyListRef* data) {
        *data = nullptr;
        return kAudioHardwareUnknownPropertyError;
    }
    static OSStatus write_to_storage(AudioServerPlugInHostRef, CFStringRef, CFPropertyListRef) { return 0; }
    static OSStatus delete_from_storage(AudioServerPlugInHostRef, CFStringRef) { return 0; }
    static OSStatus request_change(AudioServerPlugInHostRef ref, AudioObjectID, UInt64 action, void*) {
        FakeHost& host = of(ref);
        const std::lock_guard lock(host.mutex_);
        host.requests_.push_back(action);
        return host.answer_;
    }

    Handle handle_{
        {&properties_changed, &copy_from_storage, &write_to_storage, &delete_from_storage, &request_change},
        this};
    std::mutex mutex_;
    std::vector<Change> changes_;
    std::vector<UInt64> requests_;
    OSStatus answer_ = 0;
};

}  // namespace gecko::driver::test
