// What the checks of controls have in common.
#pragma once

#include "minihal/halval/subject.hpp"

namespace minihal::halval {

inline constexpr auto kScalar = kAudioLevelControlPropertyScalarValue;
inline constexpr auto kDecibel = kAudioLevelControlPropertyDecibelValue;

inline bool is_settable(const Subject& subject, const Object& object, AudioObjectPropertySelector selector) {
    bool is = false;
    return subject.settable(object.id, address_of(selector), is) == 0 && is;
}

// The range of a level control. dB; nothing when it does not say.
inline AudioValueRange decibels(const Subject& subject, const Object& level) {
    return subject.value<AudioValueRange>(level.id, address_of(kAudioLevelControlPropertyDecibelRange))
        .value_or(AudioValueRange{.mMinimum = 0, .mMaximum = 0});
}

}  // namespace minihal::halval
