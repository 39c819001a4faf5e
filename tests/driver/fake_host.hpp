#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <CoreFoundation/CoreFoundation.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace gecko::driver::test {

/// A host that writes down what the driver tells it, and keeps what it is given to keep. Any thread.
class FakeHost {
  public:
    using Change = std::pair<AudioObjectID, AudioObjectPropertySelector>;

    FakeHost() = default;
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;
    ~FakeHost() {
        for (const auto& [key, value] : storage_) ::CFRelease(value);
    }

    [[nodiscard]] AudioServerPlugInHostRef ref() const { return &handle_.interface; }

    /// What RequestDeviceConfigurationChange answers from now on.
    void answer_requests_with(OSStatus status) { answer_ = status; }

    /// Puts a value of the caller's into the storage, which lets go of the one before; null removes it.
    void keep(const std::string& key, CFPropertyListRef value) {
        const std::lock_guard lock(mutex_);
        if (value != nullptr) ::CFRetain(value);
        if (const auto before = storage_.find(key); before != storage_.end()) {
            ::CFRelease(before->second);
            storage_.erase(before);
        }
        if (value != nullptr) storage_.emplace(key, value);
    }
    /// What the storage has; null if nothing. The storage's.
    [[nodiscard]] CFPropertyListRef kept(const std::string& key) {
        const std::lock_guard lock(mutex_);
        const auto found = storage_.find(key);
        return found != storage_.end() ? found->second : nullptr;
    }
    /// What writing to the storage and deleting from it answer from now on; nothing is written where it is not 0.
    void answer_writes_with(OSStatus status) { write_answer_ = status; }
    /// Takes how often the storage was written to or deleted from.
    [[nodiscard]] int take_writes() {
        const std::lock_guard lock(mutex_);
        return std::exchange(writes_, 0);
    }

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
    static std::string text_of(CFStringRef key) {
        std::array<char, 64> text{};
        ::CFStringGetCString(key, text.data(), text.size(), kCFStringEncodingUTF8);
        return text.data();
    }
    static OSStatus copy_from_storage(AudioServerPlugInHostRef ref, CFStringRef key,
                                      CFPropertyListRef* data) {
        *data = of(ref).kept(text_of(key));
        if (*data == nullptr) return kAudioHardwareUnknownPropertyError;
        ::CFRetain(*data);
        return 0;
    }
    static OSStatus write_to_storage(AudioServerPlugInHostRef ref, CFStringRef key, CFPropertyListRef data) {
        FakeHost& host = of(ref);
        {
            const std::lock_guard lock(host.mutex_);
            ++host.writes_;
        }
        if (host.write_answer_ == 0) host.keep(text_of(key), data);
        return host.write_answer_;
    }
    static OSStatus delete_from_storage(AudioServerPlugInHostRef ref, CFStringRef key) {
        return write_to_storage(ref, key, nullptr);
    }
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
    std::map<std::string, CFPropertyListRef> storage_;
    int writes_ = 0;
    OSStatus answer_ = 0;
    OSStatus write_answer_ = 0;
};

}  // namespace gecko::driver::test
