#include "driver/property_table.hpp"

#include <type_traits>
#include <utility>

#include "driver/clock.hpp"
#include "driver/property_readers.hpp"
#include "shm/attach.hpp"

namespace gecko::driver {
namespace {

template <auto Read>
using ValueOf = std::invoke_result_t<decltype(Read), const Request&>;

template <class T>
constexpr const char* kTypeName = nullptr;
template <>
constexpr const char* kTypeName<UInt32> = "UInt32";
template <>
constexpr const char* kTypeName<std::array<UInt32, 2>> = "UInt32[2]";
template <>
constexpr const char* kTypeName<Float32> = "Float32";
template <>
constexpr const char* kTypeName<Float64> = "Float64";
template <>
constexpr const char* kTypeName<CFStringRef> = "CFString";
template <>
constexpr const char* kTypeName<CFPropertyListRef> = "CFPropertyList";
template <>
constexpr const char* kTypeName<AudioValueRange> = "AudioValueRange";
template <>
constexpr const char* kTypeName<StereoLayout> = "AudioChannelLayout";
template <>
constexpr const char* kTypeName<AudioStreamBasicDescription> = "AudioStreamBasicDescription";
template <>
constexpr const char* kTypeName<AudioStreamRangedDescription> = "AudioStreamRangedDescription";
template <>
constexpr const char* kTypeName<AudioServerPlugInCustomPropertyInfo> = "AudioServerPlugInCustomPropertyInfo";

template <auto Read>
OSStatus get_value(const Request& request, Reply& reply) noexcept {
    const ValueOf<Read> value = Read(request);
    if constexpr (std::is_pointer_v<ValueOf<Read>>) {
        if (value == nullptr) return kAudioHardwareUnspecifiedError;  // CoreFoundation is out of memory
    }
    reply.put(value);
    // A reference goes to the caller with its bytes, which the analyzer does not follow.
    return kAudioHardwareNoError;  // NOLINT(clang-analyzer-osx.cocoa.RetainCount)
}

template <auto Put>
OSStatus get_list(const Request& request, Reply& reply) noexcept {
    Put(request, reply);
    return kAudioHardwareNoError;
}

template <auto Read, auto Write>
OSStatus set_value(const Request& request, const void* data) noexcept {
    ValueOf<Read> value;
    std::memcpy(&value, data, sizeof value);  // the host's buffer need not be aligned
    return Write(request, value);
}

/// A value that is only read.
template <auto Read>
constexpr Property value(Objects objects, AudioObjectPropertySelector selector, Scopes scopes = Scopes::any,
                         Qualifier qualifier = Qualifier::none) noexcept {
    return {objects, selector,         scopes, qualifier, kTypeName<ValueOf<Read>>, sizeof(ValueOf<Read>),
            false,   &get_value<Read>, nullptr};
}

/// A value that can be set.
template <auto Read, auto Write>
constexpr Property variable(Objects objects, AudioObjectPropertySelector selector) noexcept {
    return {objects,
            selector,
            Scopes::any,
            Qualifier::none,
            kTypeName<ValueOf<Read>>,
            sizeof(ValueOf<Read>),
            false,
            &get_value<Read>,
            &set_value<Read, Write>};
}

/// A list of items, only read.
template <class Item, auto Put>
constexpr Property list(Objects objects, AudioObjectPropertySelector selector,
                        Qualifier qualifier = Qualifier::none) noexcept {
    return {objects,      selector, Scopes::any,    qualifier, kTypeName<Item>,
            sizeof(Item), true,     &get_list<Put>, nullptr};
}

// clang-format off
constexpr Property kTable[] = {
    // All objects
    value<base_class_of>(kEveryObject, kAudioObjectPropertyBaseClass),
    value<class_of>(kEveryObject, kAudioObjectPropertyClass),
    value<owner_of>(kEveryObject, kAudioObjectPropertyOwner),
    list<AudioObjectID, put_owned_objects>(kEveryObject, kAudioObjectPropertyOwnedObjects, Qualifier::classes),

    // Plug-in
    value<copy_manufacturer>(kPlugIn | kDevice, kAudioObjectPropertyManufacturer),
    list<AudioObjectID, put_devices>(kPlugIn, kAudioPlugInPropertyDeviceList),
    value<device_of_uid>(kPlugIn, kAudioPlugInPropertyTranslateUIDToDevice, Scopes::any, Qualifier::string),
    value<copy_resource_bundle>(kPlugIn, kAudioPlugInPropertyResourceBundle),

    // Device: what it is
    value<copy_name>(kDevice, kAudioObjectPropertyName),
    value<copy_device_uid>(kDevice, kAudioDevicePropertyDeviceUID),
    value<copy_model_uid>(kDevice, kAudioDevicePropertyModelUID),
    value<copy_version>(kDevice, kAudioObjectPropertyFirmwareVersion),
    value<copy_serial_number>(kDevice, kAudioObjectPropertySerialNumber),
    value<copy_configuration_application>(kDevice, kAudioDevicePropertyConfigurationApplication),
    value<constant<kAudioDeviceTransportTypeVirtual>>(kDevice, kAudioDevicePropertyTransportType),
    list<AudioObjectID, put_devices>(kDevice, kAudioDevicePropertyRelatedDevices),
    value<constant<1>>(kDevice, kAudioDevicePropertyDeviceIsAlive),
    value<constant<0>>(kDevice, kAudioDevicePropertyIsHidden),
    value<can_be_default>(kDevice, kAudioDevicePropertyDeviceCanBeDefaultDevice, Scopes::sides),
    value<can_be_default>(kDevice, kAudioDevicePropertyDeviceCanBeDefaultSystemDevice, Scopes::sides),
    list<AudioObjectID, put_streams>(kDevice, kAudioDevicePropertyStreams),
    list<AudioObjectID, put_controls>(kDevice, kAudioObjectPropertyControlList),
    value<stereo_channels>(kDevice, kAudioDevicePropertyPreferredChannelsForStereo, Scopes::sides),
    value<channel_layout>(kDevice, kAudioDevicePropertyPreferredChannelLayout, Scopes::sides),

    // Device: its clock. No other device shares it (domain 0). Stamps lie on a line, nothing is to be smoothed.
    value<constant<0>>(kDevice, kAudioDevicePropertyClockDomain),
    value<constant<kAudioDeviceClockAlgorithmRaw>>(kDevice, kAudioDevicePropertyClockAlgorithm),
    value<constant<1>>(kDevice, kAudioDevicePropertyClockIsStable),
    value<constant<Clock::kPeriod>>(kDevice, kAudioDevicePropertyZeroTimeStampPeriod),
    value<is_running>(kDevice, kAudioDevicePropertyDeviceIsRunning),
    variable<nominal_rate, set_nominal_rate>(kDevice, kAudioDevicePropertyNominalSampleRate),
    list<AudioValueRange, put_nominal_rates>(kDevice, kAudioDevicePropertyAvailableNominalSampleRates),
    value<latency>(kDevice, kAudioDevicePropertyLatency, Scopes::sides),
    value<constant<0>>(kDevice, kAudioDevicePropertySafetyOffset, Scopes::sides),

    // Device: the app's
    list<AudioServerPlugInCustomPropertyInfo, put_custom_properties>(kDevice, kAudioObjectPropertyCustomPropertyInfoList),
    variable<copy_attachment, set_attachment>(kDevice, shm::kAttachProperty),
    value<copy_state>(kDevice, shm::kStateProperty),
    variable<copy_latency, set_latency>(kDevice, shm::kLatencyProperty),

    // Stream
    variable<is_active, set_active>(kStream, kAudioStreamPropertyIsActive),
    value<constant<0>>(kStream, kAudioStreamPropertyDirection),  // 0: output
    value<constant<kAudioStreamTerminalTypeLine>>(kStream, kAudioStreamPropertyTerminalType),
    value<constant<1>>(kStream, kAudioStreamPropertyStartingChannel),
    value<constant<0>>(kStream, kAudioStreamPropertyLatency),
    variable<stream_format, set_stream_format>(kStream, kAudioStreamPropertyVirtualFormat),
    variable<stream_format, set_stream_format>(kStream, kAudioStreamPropertyPhysicalFormat),
    list<AudioStreamRangedDescription, put_stream_formats>(kStream, kAudioStreamPropertyAvailableVirtualFormats),
    list<AudioStreamRangedDescription, put_stream_formats>(kStream, kAudioStreamPropertyAvailablePhysicalFormats),

    // Volume and mute
    value<constant<kAudioObjectPropertyScopeOutput>>(kControls, kAudioControlPropertyScope),
    value<constant<kAudioObjectPropertyElementMain>>(kControls, kAudioControlPropertyElement),
    variable<volume_scalar, set_volume_scalar>(kVolume, kAudioLevelControlPropertyScalarValue),
    variable<volume_decibels, set_volume_decibels>(kVolume, kAudioLevelControlPropertyDecibelValue),
    value<volume_range>(kVolume, kAudioLevelControlPropertyDecibelRange),
    value<scalar_to_decibels>(kVolume, kAudioLevelControlPropertyConvertScalarToDecibels),
    value<decibels_to_scalar>(kVolume, kAudioLevelControlPropertyConvertDecibelsToScalar),
    variable<is_muted, set_is_muted>(kMute, kAudioBooleanControlPropertyValue),
};
// clang-format on

constexpr bool rows_are_unique() noexcept {
    for (const Property& row : kTable)
        for (const Property& other : kTable)
            if (&row != &other && row.selector == other.selector && (row.objects & other.objects) != 0)
                return false;
    return true;
}
static_assert(rows_are_unique());

constexpr bool types_have_names() noexcept {
    for (const Property& row : kTable)
        if (row.type == nullptr) return false;
    return true;
}
static_assert(types_have_names());

}  // namespace

std::span<const Property> property_table() noexcept {
    return kTable;
}

const Property* find_property(AudioObjectID object, const AudioObjectPropertyAddress& address) noexcept {
    if (find_object(object) == nullptr || address.mElement != kAudioObjectPropertyElementMain) return nullptr;
    for (const Property& row : kTable) {
        if (row.selector == address.mSelector && (row.objects & (Objects{1} << object)) != 0)
            return row.has_scope(address.mScope) ? &row : nullptr;
    }
    return nullptr;
}

}  // namespace gecko::driver
