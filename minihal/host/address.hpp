// Property addresses as a host writes them.
#pragma once

#include <CoreAudio/AudioHardwareBase.h>

namespace minihal {

constexpr AudioObjectPropertyAddress address_of(
    AudioObjectPropertySelector selector, AudioObjectPropertyScope scope = kAudioObjectPropertyScopeGlobal) {
    return {.mSelector = selector, .mScope = scope, .mElement = kAudioObjectPropertyElementMain};
}

inline bool same_address(const AudioObjectPropertyAddress& left, const AudioObjectPropertyAddress& right) {
    return left.mSelector == right.mSelector && left.mScope == right.mScope &&
           left.mElement == right.mElement;
}

}  // namespace minihal
