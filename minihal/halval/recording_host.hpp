// The host as a check sees it: it remembers what the plug-in told it, and keeps its storage in memory.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "minihal/wire/cf_value.hpp"

namespace minihal::halval {

struct Event {
    enum class Kind : std::uint8_t { kPropertiesChanged, kConfigurationChange, kStorage } kind;
    std::thread::id thread;
    AudioObjectID object;
    std::vector<AudioObjectPropertyAddress> addresses;
    UInt64 action;
    void* info;

    // Whether it tells of a change of the property, wildcards included.
    bool tells_of(AudioObjectID of, const AudioObjectPropertyAddress& address) const;
};

class RecordingHost {
  public:
    explicit RecordingHost(int patience_seconds);
    RecordingHost(const RecordingHost&) = delete;
    RecordingHost& operator=(const RecordingHost&) = delete;

    AudioServerPlugInHostRef ref() const { return &table_.functions; }

    // The number of events so far: those from here on are what a call brought about.
    size_t mark() const;
    std::vector<Event> events_since(size_t mark) const;
    // Waits until an event since `mark` fits; false when none came while patience lasted.
    bool wait_for(size_t mark, const std::function<bool(const Event&)>& fits) const;
    bool wait_for_change(size_t mark, AudioObjectID object, AudioObjectPropertySelector selector,
                         AudioObjectPropertyScope scope = kAudioObjectPropertyScopeGlobal) const;

    // From now on storage answers with these values, one after the other, whatever the plug-in asks for.
    void answer_storage_with(std::vector<wire::CfRef> values);

  private:
    struct Table {
        AudioServerPlugInHostInterface functions;
        RecordingHost* host;
    };
    static RecordingHost& self(AudioServerPlugInHostRef host);
    void add(Event event);

    Table table_;
    int patience_seconds_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Event> events_;
    std::map<std::string, wire::CfRef> storage_;
    std::vector<wire::CfRef> answers_;
    size_t next_answer_ = 0;
};

}  // namespace minihal::halval
