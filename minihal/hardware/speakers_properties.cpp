#include <algorithm>
#include <cstring>
#include <vector>

#include "minihal/hardware/speakers.hpp"

namespace minihal::hardware {

namespace {

using Bytes = std::vector<uint8_t>;

template <typename T>
void add(Bytes& out, const T& value) {
    const auto* const first = reinterpret_cast<const uint8_t*>(&value);
    out.insert(out.end(), first, first + sizeof value);
}

struct Context {
    const Speakers& speakers;
    const AudioObjectPropertyAddress& address;
    CFStringRef qualifier;
};

bool output_or_global(const Context& context) {
    return context.address.mScope != kAudioObjectPropertyScopeInput;
}

AudioStreamBasicDescription format(Float64 rate) {
    constexpr uint32_t kBytesPerFrame = kChannels * sizeof(Float32);
    return {.mSampleRate = rate,
            .mFormatID = kAudioFormatLinearPCM,
            .mFormatFlags = kAudioFormatFlagsNativeFloatPacked,
            .mBytesPerPacket = kBytesPerFrame,
            .mFramesPerPacket = 1,
            .mBytesPerFrame = kBytesPerFrame,
            .mChannelsPerFrame = kChannels,
            .mBitsPerChannel = 8 * sizeof(Float32),
            .mReserved = 0};
}

// Getters that several properties share. CF strings are literals, which ignore being released by the host.
template <uint32_t kValue>
void constant(const Context&, Bytes& out) {
    add(out, kValue);
}
void no_objects(const Context&, Bytes&) {}
void device_object(const Context&, Bytes& out) {
    add(out, kDeviceObject);
}
void stream_objects(const Context& context, Bytes& out) {
    if (output_or_global(context)) add(out, kStreamObject);
}
void manufacturer(const Context&, Bytes& out) {
    add(out, CFSTR("minihal"));
}
void empty_string(const Context&, Bytes& out) {
    add(out, CFSTR(""));
}
void device_name(const Context&, Bytes& out) {
    add(out, CFSTR("Simulated Speakers"));
}
void device_uid(const Context&, Bytes& out) {
    add(out, CFSTR("SimulatedSpeakers_UID"));
}
void model_uid(const Context&, Bytes& out) {
    add(out, CFSTR("SimulatedSpeakers_ModelUID"));
}
void device_for_uid(const Context& context, Bytes& out) {
    const bool known =
        context.qualifier != nullptr &&
        CFStringCompare(context.qualifier, CFSTR("SimulatedSpeakers_UID"), 0) == kCFCompareEqualTo;
    add(out, known ? kDeviceObject : AudioObjectID{kAudioObjectUnknown});
}
void is_running(const Context& context, Bytes& out) {
    add(out, uint32_t{context.speakers.running()});
}
void nominal_rate(const Context& context, Bytes& out) {
    add(out, context.speakers.rate());
}
void available_rates(const Context&, Bytes& out) {
    for (const auto rate : kRates) add(out, AudioValueRange{.mMinimum = rate, .mMaximum = rate});
}
void stereo_channels(const Context&, Bytes& out) {
    add(out, uint32_t{1});
    add(out, uint32_t{2});
}
void channel_layout(const Context&, Bytes& out) {
    add(out, AudioChannelLayoutTag{kAudioChannelLayoutTag_UseChannelDescriptions});
    add(out, AudioChannelBitmap{0});
    add(out, kChannels);
    for (const AudioChannelLabel label : {kAudioChannelLabel_Left, kAudioChannelLabel_Right}) {
        add(out, AudioChannelDescription{
                     .mChannelLabel = label, .mChannelFlags = 0, .mCoordinates = {0.0F, 0.0F, 0.0F}});
    }
}
void current_format(const Context& context, Bytes& out) {
    add(out, format(context.speakers.rate()));
}
void available_formats(const Context&, Bytes& out) {
    for (const auto rate : kRates) {
        add(out, AudioStreamRangedDescription{.mFormat = format(rate),
                                              .mSampleRateRange = {.mMinimum = rate, .mMaximum = rate}});
    }
}

// Whether the property exists in the global scope, or on the device's two sides only.
enum class Scopes { kAny, kSides };

struct Property {
    AudioObjectID object;
    AudioObjectPropertySelector selector;
    void (*get)(const Context&, Bytes&);
    bool settable = false;
    Scopes scopes = Scopes::kAny;
};

constexpr Property kProperties[] = {
    {kAudioObjectPlugInObject, kAudioObjectPropertyBaseClass, constant<kAudioObjectClassID>},
    {kAudioObjectPlugInObject, kAudioObjectPropertyClass, constant<kAudioPlugInClassID>},
    {kAudioObjectPlugInObject, kAudioObjectPropertyOwner, constant<kAudioObjectUnknown>},
    {kAudioObjectPlugInObject, kAudioObjectPropertyOwnedObjects, device_object},
    {kAudioObjectPlugInObject, kAudioObjectPropertyManufacturer, manufacturer},
    {kAudioObjectPlugInObject, kAudioPlugInPropertyDeviceList, device_object},
    {kAudioObjectPlugInObject, kAudioPlugInPropertyTranslateUIDToDevice, device_for_uid},
    {kAudioObjectPlugInObject, kAudioPlugInPropertyResourceBundle, empty_string},

    {kDeviceObject, kAudioObjectPropertyBaseClass, constant<kAudioObjectClassID>},
    {kDeviceObject, kAudioObjectPropertyClass, constant<kAudioDeviceClassID>},
    {kDeviceObject, kAudioObjectPropertyOwner, constant<kAudioObjectPlugInObject>},
    {kDeviceObject, kAudioObjectPropertyOwnedObjects, stream_objects},
    {kDeviceObject, kAudioObjectPropertyName, device_name},
    {kDeviceObject, kAudioObjectPropertyManufacturer, manufacturer},
    {kDeviceObject, kAudioDevicePropertyDeviceUID, device_uid},
    {kDeviceObject, kAudioDevicePropertyModelUID, model_uid},
    {kDeviceObject, kAudioDevicePropertyTransportType, constant<kAudioDeviceTransportTypeBuiltIn>},
    {kDeviceObject, kAudioDevicePropertyRelatedDevices, device_object},
    {kDeviceObject, kAudioDevicePropertyClockDomain, constant<0>},
    {kDeviceObject, kAudioDevicePropertyClockAlgorithm, constant<kAudioDeviceClockAlgorithmRaw>},
    {kDeviceObject, kAudioDevicePropertyDeviceIsAlive, constant<1>},
    {kDeviceObject, kAudioDevicePropertyDeviceIsRunning, is_running},
    {kDeviceObject, kAudioDevicePropertyDeviceCanBeDefaultDevice, constant<1>, false, Scopes::kSides},
    {kDeviceObject, kAudioDevicePropertyDeviceCanBeDefaultSystemDevice, constant<1>, false, Scopes::kSides},
    {kDeviceObject, kAudioDevicePropertyLatency, constant<0>, false, Scopes::kSides},
    {kDeviceObject, kAudioDevicePropertySafetyOffset, constant<0>, false, Scopes::kSides},
    {kDeviceObject, kAudioDevicePropertyStreams, stream_objects},
    {kDeviceObject, kAudioObjectPropertyControlList, no_objects},
    {kDeviceObject, kAudioDevicePropertyNominalSampleRate, nominal_rate, true},
    {kDeviceObject, kAudioDevicePropertyAvailableNominalSampleRates, available_rates},
    {kDeviceObject, kAudioDevicePropertyIsHidden, constant<0>},
    {kDeviceObject, kAudioDevicePropertyPreferredChannelsForStereo, stereo_channels, false, Scopes::kSides},
    {kDeviceObject, kAudioDevicePropertyPreferredChannelLayout, channel_layout, false, Scopes::kSides},
    {kDeviceObject, kAudioDevicePropertyZeroTimeStampPeriod, constant<kZeroTimeStampPeriod>},

    {kStreamObject, kAudioObjectPropertyBaseClass, constant<kAudioObjectClassID>},
    {kStreamObject, kAudioObjectPropertyClass, constant<kAudioStreamClassID>},
    {kStreamObject, kAudioObjectPropertyOwner, device_object},
    {kStreamObject, kAudioObjectPropertyOwnedObjects, no_objects},
    {kStreamObject, kAudioStreamPropertyIsActive, constant<1>},
    {kStreamObject, kAudioStreamPropertyDirection, constant<0>},
    {kStreamObject, kAudioStreamPropertyTerminalType, constant<kAudioStreamTerminalTypeSpeaker>},
    {kStreamObject, kAudioStreamPropertyStartingChannel, constant<1>},
    {kStreamObject, kAudioStreamPropertyLatency, constant<0>},
    {kStreamObject, kAudioStreamPropertyVirtualFormat, current_format, true},
    {kStreamObject, kAudioStreamPropertyPhysicalFormat, current_format, true},
    {kStreamObject, kAudioStreamPropertyAvailableVirtualFormats, available_formats},
    {kStreamObject, kAudioStreamPropertyAvailablePhysicalFormats, available_formats},
};

const Property* find(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    for (const auto& property : kProperties) {
        if (property.object != object || property.selector != address.mSelector) continue;
        const bool on_a_side = address.mScope == kAudioObjectPropertyScopeInput ||
                               address.mScope == kAudioObjectPropertyScopeOutput;
        return property.scopes == Scopes::kAny || on_a_side ? &property : nullptr;
    }
    return nullptr;
}

OSStatus missing(AudioObjectID object) {
    const bool known =
        object == kAudioObjectPlugInObject || object == kDeviceObject || object == kStreamObject;
    return known ? kAudioHardwareUnknownPropertyError : kAudioHardwareBadObjectError;
}

// Lists are cut to what the caller has room for, everything else must fit.
uint32_t element_size(AudioObjectPropertySelector selector) {
    switch (selector) {
        case kAudioObjectPropertyOwnedObjects:
        case kAudioPlugInPropertyDeviceList:
        case kAudioDevicePropertyStreams:
        case kAudioObjectPropertyControlList:
        case kAudioDevicePropertyRelatedDevices:
            return sizeof(AudioObjectID);
        case kAudioDevicePropertyAvailableNominalSampleRates:
            return sizeof(AudioValueRange);
        case kAudioStreamPropertyAvailableVirtualFormats:
        case kAudioStreamPropertyAvailablePhysicalFormats:
            return sizeof(AudioStreamRangedDescription);
        default:
            return 0;
    }
}

}  // namespace

bool Properties::has(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    return find(object, address) != nullptr;
}

OSStatus Properties::settable(AudioObjectID object, const AudioObjectPropertyAddress& address,
                              bool& settable) {
    const auto* const property = find(object, address);
    if (property == nullptr) return missing(object);
    settable = property->settable;
    return kAudioHardwareNoError;
}

OSStatus Properties::size(const Speakers& speakers, AudioObjectID object,
                          const AudioObjectPropertyAddress& address, uint32_t& size) {
    const auto* const property = find(object, address);
    if (property == nullptr) return missing(object);
    Bytes value;
    property->get({.speakers = speakers, .address = address, .qualifier = nullptr}, value);
    size = static_cast<uint32_t>(value.size());
    return kAudioHardwareNoError;
}

OSStatus Properties::get(const Speakers& speakers, AudioObjectID object,
                         const AudioObjectPropertyAddress& address, CFStringRef qualifier, uint32_t capacity,
                         uint32_t& size, void* data) {
    const auto* const property = find(object, address);
    if (property == nullptr) return missing(object);
    Bytes value;
    property->get({.speakers = speakers, .address = address, .qualifier = qualifier}, value);
    if (const auto element = element_size(address.mSelector); element > 0) {
        value.resize(std::min<size_t>(value.size(), size_t{capacity} / element * element));
    }
    if (value.size() > capacity) return kAudioHardwareBadPropertySizeError;
    if (!value.empty()) std::memcpy(data, value.data(), value.size());
    size = static_cast<uint32_t>(value.size());
    return kAudioHardwareNoError;
}

}  // namespace minihal::hardware
