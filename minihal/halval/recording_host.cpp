#include "minihal/halval/recording_host.hpp"

#include <algorithm>
#include <chrono>

namespace minihal::halval {

bool Event::tells_of(AudioObjectID of, const AudioObjectPropertyAddress& address) const {
    if (kind != Kind::kPropertiesChanged || object != of) return false;
    const auto fits = [](UInt32 told, UInt32 asked, UInt32 wildcard) {
        return told == asked || told == wildcard;
    };
    return std::ranges::any_of(addresses, [&](const AudioObjectPropertyAddress& told) {
        return fits(told.mSelector, address.mSelector, kAudioObjectPropertySelectorWildcard) &&
               fits(told.mScope, address.mScope, kAudioObjectPropertyScopeWildcard) &&
               fits(told.mElement, address.mElement, kAudioObjectPropertyElementWildcard);
    });
}

RecordingHost& RecordingHost::self(AudioServerPlugInHostRef host) {
    return *reinterpret_cast<const Table*>(host)->host;
}

RecordingHost::RecordingHost(int patience_seconds)
    : table_{.functions = {}, .host = this}, patience_seconds_(patience_seconds) {
    auto& functions = table_.functions;
    functions.PropertiesChanged = [](AudioServerPlugInHostRef host, AudioObjectID object, UInt32 count,
                                     const AudioObjectPropertyAddress* addresses) -> OSStatus {
        self(host).add({.kind = Event::Kind::kPropertiesChanged,
                        .thread = std::this_thread::get_id(),
                        .object = object,
                        .addresses = {addresses, addresses + count},
                        .action = 0,
                        .info = nullptr});
        return 0;
    };
    functions.RequestDeviceConfigurationChange = [](AudioServerPlugInHostRef host, AudioObjectID device,
                                                    UInt64 action, void* info) -> OSStatus {
        self(host).add({.kind = Event::Kind::kConfigurationChange,
                        .thread = std::this_thread::get_id(),
                        .object = device,
                        .addresses = {},
                        .action = action,
                        .info = info});
        return 0;
    };
    const auto storage_used = [](RecordingHost& host) {
        host.add({.kind = Event::Kind::kStorage,
                  .thread = std::this_thread::get_id(),
                  .object = kAudioObjectPlugInObject,
                  .addresses = {},
                  .action = 0,
                  .info = nullptr});
    };
    static constexpr auto kUsed = storage_used;
    functions.CopyFromStorage = [](AudioServerPlugInHostRef host, CFStringRef key,
                                   CFPropertyListRef* out) -> OSStatus {
        auto& us = self(host);
        kUsed(us);
        if (key == nullptr || out == nullptr) return kAudioHardwareIllegalOperationError;
        const std::scoped_lock lock(us.mutex_);
        if (us.answers_.empty()) {
            const auto found = us.storage_.find(wire::text_of(key).value_or(""));
            *out = found != us.storage_.end() ? found->second.get() : nullptr;
        } else {
            *out = us.answers_[us.next_answer_++ % us.answers_.size()].get();
        }
        if (*out != nullptr) CFRetain(*out);
        return 0;
    };
    functions.WriteToStorage = [](AudioServerPlugInHostRef host, CFStringRef key,
                                  CFPropertyListRef value) -> OSStatus {
        auto& us = self(host);
        kUsed(us);
        if (key == nullptr || value == nullptr) return kAudioHardwareIllegalOperationError;
        const std::scoped_lock lock(us.mutex_);
        us.storage_[wire::text_of(key).value_or("")] = wire::CfRef(CFRetain(value));
        return 0;
    };
    functions.DeleteFromStorage = [](AudioServerPlugInHostRef host, CFStringRef key) -> OSStatus {
        auto& us = self(host);
        kUsed(us);
        if (key == nullptr) return kAudioHardwareIllegalOperationError;
        const std::scoped_lock lock(us.mutex_);
        us.storage_.erase(wire::text_of(key).value_or(""));
        return 0;
    };
}

void RecordingHost::add(Event event) {
    const std::scoped_lock lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
}

size_t RecordingHost::mark() const {
    const std::scoped_lock lock(mutex_);
    return events_.size();
}

std::vector<Event> RecordingHost::events_since(size_t mark) const {
    const std::scoped_lock lock(mutex_);
    return {events_.begin() + static_cast<std::ptrdiff_t>(mark), events_.end()};
}

bool RecordingHost::wait_for(size_t mark, const std::function<bool(const Event&)>& fits) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(patience_seconds_), [&] {
        return std::any_of(events_.begin() + static_cast<std::ptrdiff_t>(mark), events_.end(), fits);
    });
}

bool RecordingHost::wait_for_change(size_t mark, AudioObjectID object, AudioObjectPropertySelector selector,
                                    AudioObjectPropertyScope scope) const {
    return wait_for(mark, [&](const Event& event) {
        return event.tells_of(
            object, {.mSelector = selector, .mScope = scope, .mElement = kAudioObjectPropertyElementMain});
    });
}

void RecordingHost::answer_storage_with(std::vector<wire::CfRef> values) {
    const std::scoped_lock lock(mutex_);
    answers_ = std::move(values);
}

}  // namespace minihal::halval
