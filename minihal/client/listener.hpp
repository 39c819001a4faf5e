// A property listener.
#pragma once

#include <CoreAudio/AudioHardware.h>

namespace minihal {

struct Listener {
    AudioObjectID object;
    AudioObjectPropertyAddress address;  // each part may be a wildcard
    AudioObjectPropertyListenerProc proc;
    void* client_data;

    bool operator==(const Listener& other) const {
        return object == other.object && address.mSelector == other.address.mSelector &&
               address.mScope == other.address.mScope && address.mElement == other.address.mElement &&
               proc == other.proc && client_data == other.client_data;
    }
    // Whether this is about what it listens for.
    bool hears(AudioObjectID changed_object, const AudioObjectPropertyAddress& changed) const {
        return object == changed_object &&
               (address.mSelector == changed.mSelector ||
                address.mSelector == kAudioObjectPropertySelectorWildcard) &&
               (address.mScope == changed.mScope || address.mScope == kAudioObjectPropertyScopeWildcard) &&
               (address.mElement == changed.mElement ||
                address.mElement == kAudioObjectPropertyElementWildcard);
    }
};

}  // namespace minihal
