// What the contract says of objects and properties, as data.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstdint>
#include <span>

namespace minihal::halval {

// What an object is, by its class; bits, since what holds for an audio object holds for all of them.
using Sorts = std::uint32_t;
inline constexpr Sorts kPlugInSort = 1U << 0;
inline constexpr Sorts kBoxSort = 1U << 1;
inline constexpr Sorts kDeviceSort = 1U << 2;
inline constexpr Sorts kClockDeviceSort = 1U << 3;
inline constexpr Sorts kStreamSort = 1U << 4;
inline constexpr Sorts kLevelSort = 1U << 5;
inline constexpr Sorts kBooleanSort = 1U << 6;
inline constexpr Sorts kSelectorSort = 1U << 7;
inline constexpr Sorts kPanSort = 1U << 8;
inline constexpr Sorts kSliderSort = 1U << 9;
inline constexpr Sorts kOtherSort = 1U << 10;
inline constexpr Sorts kControlSorts = kLevelSort | kBooleanSort | kSelectorSort | kPanSort | kSliderSort;
inline constexpr Sorts kEverySort = (1U << 11) - 1;

struct ClassRule {
    AudioClassID id;
    AudioClassID base;
    Sorts sort;
};
std::span<const ClassRule> class_rules();
// Null for a class that the contract does not know.
const ClassRule* find_class(AudioClassID id);

enum class Form : std::uint8_t {
    kValue,         // `size` bytes
    kList,          // any number of items of `size` bytes
    kString,        // a CFString
    kUrl,           // a CFURL
    kLayout,        // an AudioChannelLayout
    kPropertyList,  // a CF object of any type that property lists have, or none
};

enum class Presence : std::uint8_t {
    kRequired,
    kOptional,
    kIfBoxes,  // required of a plug-in with boxes
    kSides,    // required in the scopes in which the device has streams
};

enum class Takes : std::uint8_t {
    kNothing,
    kClasses,  // qualifier: any number of AudioClassIDs
    kUid,      // qualifier: a CFString
    kItem,     // qualifier: a UInt32
    kScalar,   // the caller's buffer holds a Float32 to be converted
    kDecibel,  // the same
};

struct PropertyRule {
    Sorts sorts;
    AudioObjectPropertySelector selector;
    Form form;
    UInt32 size;  // of the value or of one item
    Presence presence;
    Takes takes = Takes::kNothing;
    bool boolean = false;  // a UInt32 that is 0 or 1
    UInt32 item = 0;       // of a value that is an array: bytes of an item. An array of one may have more.
};
std::span<const PropertyRule> property_rules();
// The rule for a property of an object of these sorts; null when the contract has none.
const PropertyRule* find_rule(Sorts sort, AudioObjectPropertySelector selector);

// The least that kAudioDevicePropertyZeroTimeStampPeriod may be. Frames. (AudioServerPlugIn.h:432)
inline constexpr UInt32 kLeastPeriod = 10923;

}  // namespace minihal::halval
