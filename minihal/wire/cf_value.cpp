#include "minihal/wire/cf_value.hpp"

#include <CoreAudio/AudioHardware.h>
#include <CoreAudio/AudioServerPlugIn.h>

#include <algorithm>
#include <array>

namespace minihal::wire {

namespace {

struct StandardProperty {
    AudioObjectPropertySelector selector;
    PropertyKinds kinds;
};

constexpr auto kString = ValueKind::kString;
constexpr auto kBytes = ValueKind::kBytes;

// Standard properties with a CF value or qualifier. Selectors mean the same in every class that has them, but for those
// of the system object, whose 'uidd' is the plug-in's as well.
constexpr std::array kCfProperties = {
    StandardProperty{kAudioObjectPropertyName, {kString, kBytes}},
    StandardProperty{kAudioObjectPropertyModelName, {kString, kBytes}},
    StandardProperty{kAudioObjectPropertyManufacturer, {kString, kBytes}},
    StandardProperty{kAudioObjectPropertyElementName, {kString, kBytes}},
    StandardProperty{kAudioObjectPropertyElementCategoryName, {kString, kBytes}},
    StandardProperty{kAudioObjectPropertyElementNumberName, {kString, kBytes}},
    StandardProperty{kAudioObjectPropertySerialNumber, {kString, kBytes}},
    StandardProperty{kAudioObjectPropertyFirmwareVersion, {kString, kBytes}},
    StandardProperty{kAudioPlugInPropertyBundleID, {kString, kBytes}},
    StandardProperty{kAudioPlugInPropertyResourceBundle, {kString, kBytes}},
    StandardProperty{kAudioPlugInPropertyTranslateUIDToDevice, {kBytes, kString}},
    StandardProperty{kAudioPlugInPropertyTranslateUIDToBox, {kBytes, kString}},
    StandardProperty{kAudioPlugInPropertyTranslateUIDToClockDevice, {kBytes, kString}},
    StandardProperty{kAudioHardwarePropertyTranslateBundleIDToPlugIn, {kBytes, kString}},
    StandardProperty{kAudioDevicePropertyConfigurationApplication, {kString, kBytes}},
    StandardProperty{kAudioDevicePropertyDeviceUID, {kString, kBytes}},
    StandardProperty{kAudioDevicePropertyModelUID, {kString, kBytes}},
    StandardProperty{kAudioDevicePropertyIcon, {ValueKind::kUrl, kBytes}},
    StandardProperty{kAudioAggregateDevicePropertyFullSubDeviceList, {ValueKind::kPropertyList, kBytes}},
    StandardProperty{kAudioSelectorControlPropertyItemName, {kString, kBytes}},
};

// Standard properties whose values are plain bytes. A selector in neither list travels only if its owner declares it.
constexpr AudioObjectPropertySelector kPlainProperties[] = {
    kAudioObjectPropertyBaseClass,
    kAudioObjectPropertyClass,
    kAudioObjectPropertyOwner,
    kAudioObjectPropertyOwnedObjects,
    kAudioObjectPropertyIdentify,
    kAudioObjectPropertyControlList,
    kAudioObjectPropertyCreator,
    kAudioObjectPropertyCustomPropertyInfoList,
    kAudioPlugInPropertyBoxList,
    kAudioPlugInPropertyClockDeviceList,
    kAudioHardwarePropertyDevices,
    kAudioHardwarePropertyDefaultInputDevice,
    kAudioHardwarePropertyDefaultOutputDevice,
    kAudioHardwarePropertyDefaultSystemOutputDevice,
    kAudioHardwarePropertyPlugInList,
    kAudioHardwarePropertyServiceRestarted,
    kAudioHardwarePropertyRunLoop,
    kAudioDevicePropertyPlugIn,
    kAudioDevicePropertyTransportType,
    kAudioDevicePropertyRelatedDevices,
    kAudioDevicePropertyClockDomain,
    kAudioDevicePropertyDeviceIsAlive,
    kAudioDevicePropertyDeviceIsRunning,
    kAudioDevicePropertyDeviceIsRunningSomewhere,
    kAudioDevicePropertyDeviceCanBeDefaultDevice,
    kAudioDevicePropertyDeviceCanBeDefaultSystemDevice,
    kAudioDevicePropertyLatency,
    kAudioDevicePropertyStreams,
    kAudioDevicePropertySafetyOffset,
    kAudioDevicePropertyNominalSampleRate,
    kAudioDevicePropertyAvailableNominalSampleRates,
    kAudioDevicePropertyActualSampleRate,
    kAudioDevicePropertyIsHidden,
    kAudioDevicePropertyPreferredChannelsForStereo,
    kAudioDevicePropertyPreferredChannelLayout,
    kAudioDevicePropertyZeroTimeStampPeriod,
    kAudioDevicePropertyClockAlgorithm,
    kAudioDevicePropertyClockIsStable,
    kAudioDevicePropertyBufferFrameSize,
    kAudioDevicePropertyBufferFrameSizeRange,
    kAudioDevicePropertyUsesVariableBufferFrameSizes,
    kAudioDevicePropertyStreamConfiguration,
    kAudioDevicePropertyHogMode,
    kAudioDevicePropertyJackIsConnected,
    kAudioDevicePropertyVolumeScalar,
    kAudioDevicePropertyVolumeDecibels,
    kAudioDevicePropertyVolumeRangeDecibels,
    kAudioDevicePropertyVolumeScalarToDecibels,
    kAudioDevicePropertyVolumeDecibelsToScalar,
    kAudioDevicePropertyMute,
    kAudioStreamPropertyIsActive,
    kAudioStreamPropertyDirection,
    kAudioStreamPropertyTerminalType,
    kAudioStreamPropertyStartingChannel,
    kAudioStreamPropertyVirtualFormat,
    kAudioStreamPropertyAvailableVirtualFormats,
    kAudioStreamPropertyPhysicalFormat,
    kAudioStreamPropertyAvailablePhysicalFormats,
    kAudioControlPropertyScope,
    kAudioControlPropertyElement,
    kAudioSliderControlPropertyValue,
    kAudioSliderControlPropertyRange,
    kAudioLevelControlPropertyScalarValue,
    kAudioLevelControlPropertyDecibelValue,
    kAudioLevelControlPropertyDecibelRange,
    kAudioLevelControlPropertyConvertScalarToDecibels,
    kAudioLevelControlPropertyConvertDecibelsToScalar,
    kAudioBooleanControlPropertyValue,
    kAudioSelectorControlPropertyCurrentItem,
    kAudioSelectorControlPropertyAvailableItems,
    kAudioSelectorControlPropertyItemKind,
    kAudioStereoPanControlPropertyValue,
    kAudioStereoPanControlPropertyPanningChannels,
};

bool is_of_kind(ValueKind kind, CFTypeRef object) {
    switch (kind) {
        case ValueKind::kString:
            return CFGetTypeID(object) == CFStringGetTypeID();
        case ValueKind::kUrl:
            return CFGetTypeID(object) == CFURLGetTypeID();
        case ValueKind::kPropertyList:
            return CFPropertyListIsValid(object, kCFPropertyListBinaryFormat_v1_0) != 0;
        case ValueKind::kBytes:
            break;
    }
    return false;
}

// A string of ASCII travels as it is behind this byte, with which no property list begins: there are many, and a list is dear.
constexpr uint8_t kText = 's';

bool is_ascii(std::span<const uint8_t> text) {
    return std::ranges::all_of(text, [](uint8_t byte) { return byte > 0 && byte < 0x80; });
}

std::optional<std::vector<uint8_t>> encode_ascii(CFTypeRef object) {
    const auto text = text_of(object);
    // A shorter one has a NUL in it.
    if (!text || text->size() != static_cast<size_t>(CFStringGetLength(static_cast<CFStringRef>(object))))
        return std::nullopt;
    std::vector<uint8_t> bytes{kText};
    bytes.insert(bytes.end(), text->begin(), text->end());
    if (!is_ascii(std::span(bytes).subspan(1))) return std::nullopt;
    return bytes;
}

// File URLs travel as their paths.
CfRef path_of(CFURLRef url) {
    std::array<UInt8, 4096> path{};
    if (CFURLGetFileSystemRepresentation(url, 1, path.data(), static_cast<CFIndex>(path.size())) == 0)
        return {};
    return string_of(reinterpret_cast<const char*>(path.data()));
}

CfRef url_of(CFTypeRef path) {
    const auto text = text_of(path);
    if (!text) return {};
    return CfRef(CFURLCreateFromFileSystemRepresentation(
        nullptr, reinterpret_cast<const UInt8*>(text->data()), static_cast<CFIndex>(text->size()), 0));
}

}  // namespace

std::optional<std::string> text_of(CFTypeRef object) {
    if (object == nullptr || CFGetTypeID(object) != CFStringGetTypeID()) return std::nullopt;
    const auto string = static_cast<CFStringRef>(object);
    const auto size = CFStringGetMaximumSizeForEncoding(CFStringGetLength(string), kCFStringEncodingUTF8) + 1;
    std::string text(static_cast<size_t>(size), '\0');
    if (CFStringGetCString(string, text.data(), size, kCFStringEncodingUTF8) == 0) return std::nullopt;
    text.resize(text.find('\0'));
    return text;
}

CfRef string_of(const std::string& text) {
    return CfRef(CFStringCreateWithCString(nullptr, text.c_str(), kCFStringEncodingUTF8));
}

std::optional<PropertyKinds> standard_kinds(AudioObjectPropertySelector selector) {
    const auto* const found = std::ranges::find(kCfProperties, selector, &StandardProperty::selector);
    if (found != kCfProperties.end()) return found->kinds;
    if (std::ranges::find(kPlainProperties, selector) != std::end(kPlainProperties)) return PropertyKinds{};
    return std::nullopt;
}

std::optional<std::vector<uint8_t>> encode_cf(ValueKind kind, CFTypeRef object) {
    if (object == nullptr) return std::vector<uint8_t>{};
    if (!is_of_kind(kind, object)) return std::nullopt;
    if (kind == ValueKind::kString) {
        if (auto bytes = encode_ascii(object)) return bytes;
    }
    const CfRef path = kind == ValueKind::kUrl ? path_of(static_cast<CFURLRef>(object)) : CfRef();
    if (kind == ValueKind::kUrl && !path) return std::nullopt;
    const CfRef data(CFPropertyListCreateData(nullptr, path ? path.get() : object,
                                              kCFPropertyListBinaryFormat_v1_0, 0, nullptr));
    if (!data) return std::nullopt;
    const auto bytes = static_cast<CFDataRef>(data.get());
    const auto* const first = CFDataGetBytePtr(bytes);
    return std::vector<uint8_t>(first, first + CFDataGetLength(bytes));
}

std::optional<CfRef> decode_cf(ValueKind kind, std::span<const uint8_t> bytes) {
    if (bytes.empty()) return CfRef();
    if (kind == ValueKind::kString && bytes.front() == kText) {
        const auto text = bytes.subspan(1);
        if (!is_ascii(text)) return std::nullopt;
        return string_of(std::string(text.begin(), text.end()));
    }
    const CfRef data(CFDataCreate(nullptr, bytes.data(), static_cast<CFIndex>(bytes.size())));
    CfRef object(CFPropertyListCreateWithData(nullptr, static_cast<CFDataRef>(data.get()),
                                              kCFPropertyListImmutable, nullptr, nullptr));
    if (object && kind == ValueKind::kUrl) object = url_of(object.get());
    if (!object || !is_of_kind(kind, object.get())) return std::nullopt;
    return object;
}

}  // namespace minihal::wire
