#include "minihal/halval/contract.hpp"

#include <algorithm>

namespace minihal::halval {

namespace {

constexpr ClassRule kClasses[] = {
    {kAudioPlugInClassID, kAudioObjectClassID, kPlugInSort},
    {kAudioTransportManagerClassID, kAudioPlugInClassID, kPlugInSort},
    {kAudioBoxClassID, kAudioObjectClassID, kBoxSort},
    {kAudioDeviceClassID, kAudioObjectClassID, kDeviceSort},
    {kAudioClockDeviceClassID, kAudioObjectClassID, kClockDeviceSort},
    {kAudioStreamClassID, kAudioObjectClassID, kStreamSort},
    {kAudioSliderControlClassID, kAudioControlClassID, kSliderSort},
    {kAudioLevelControlClassID, kAudioControlClassID, kLevelSort},
    {kAudioVolumeControlClassID, kAudioLevelControlClassID, kLevelSort},
    {kAudioLFEVolumeControlClassID, kAudioLevelControlClassID, kLevelSort},
    {kAudioBooleanControlClassID, kAudioControlClassID, kBooleanSort},
    {kAudioMuteControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioSoloControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioJackControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioLFEMuteControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioPhantomPowerControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioPhaseInvertControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioClipLightControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioTalkbackControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioListenbackControlClassID, kAudioBooleanControlClassID, kBooleanSort},
    {kAudioSelectorControlClassID, kAudioControlClassID, kSelectorSort},
    {kAudioDataSourceControlClassID, kAudioSelectorControlClassID, kSelectorSort},
    {kAudioDataDestinationControlClassID, kAudioSelectorControlClassID, kSelectorSort},
    {kAudioClockSourceControlClassID, kAudioSelectorControlClassID, kSelectorSort},
    {kAudioLineLevelControlClassID, kAudioSelectorControlClassID, kSelectorSort},
    {kAudioHighPassFilterControlClassID, kAudioSelectorControlClassID, kSelectorSort},
    {kAudioStereoPanControlClassID, kAudioControlClassID, kPanSort},
};

constexpr auto kValue = Form::kValue;
constexpr auto kList = Form::kList;
constexpr auto kString = Form::kString;
constexpr auto kRequired = Presence::kRequired;
constexpr auto kOptional = Presence::kOptional;
constexpr UInt32 kId = sizeof(AudioObjectID);

// clang-format off
constexpr PropertyRule kProperties[] = {
    {kEverySort, kAudioObjectPropertyBaseClass, kValue, 4, kRequired},
    {kEverySort, kAudioObjectPropertyClass, kValue, 4, kRequired},
    {kEverySort, kAudioObjectPropertyOwner, kValue, kId, kRequired},
    {kEverySort, kAudioObjectPropertyOwnedObjects, kList, kId, kRequired, Takes::kClasses},
    {kEverySort, kAudioObjectPropertyCustomPropertyInfoList, kList, sizeof(AudioServerPlugInCustomPropertyInfo), kOptional},

    {kPlugInSort, kAudioObjectPropertyManufacturer, kString, 8, kRequired},
    {kPlugInSort, kAudioPlugInPropertyBundleID, kString, 8, kOptional},
    {kPlugInSort, kAudioPlugInPropertyDeviceList, kList, kId, kRequired},
    {kPlugInSort, kAudioPlugInPropertyTranslateUIDToDevice, kValue, kId, kRequired, Takes::kUid},
    {kPlugInSort, kAudioPlugInPropertyResourceBundle, kString, 8, kRequired},
    {kPlugInSort, kAudioPlugInPropertyBoxList, kList, kId, Presence::kIfBoxes},
    {kPlugInSort, kAudioPlugInPropertyTranslateUIDToBox, kValue, kId, Presence::kIfBoxes, Takes::kUid},
    {kPlugInSort, kAudioPlugInPropertyClockDeviceList, kList, kId, kOptional},
    {kPlugInSort, kAudioPlugInPropertyTranslateUIDToClockDevice, kValue, kId, kOptional, Takes::kUid},

    {kBoxSort, kAudioObjectPropertyName, kString, 8, kRequired},
    {kBoxSort, kAudioObjectPropertyModelName, kString, 8, kOptional},
    {kBoxSort, kAudioObjectPropertyManufacturer, kString, 8, kRequired},
    {kBoxSort, kAudioObjectPropertyIdentify, kValue, 4, kOptional, Takes::kNothing, true},
    {kBoxSort, kAudioObjectPropertySerialNumber, kString, 8, kOptional},
    {kBoxSort, kAudioObjectPropertyFirmwareVersion, kString, 8, kOptional},
    {kBoxSort, kAudioBoxPropertyBoxUID, kString, 8, kRequired},
    {kBoxSort, kAudioBoxPropertyTransportType, kValue, 4, kRequired},
    {kBoxSort, kAudioBoxPropertyHasAudio, kValue, 4, kRequired, Takes::kNothing, true},
    {kBoxSort, kAudioBoxPropertyHasVideo, kValue, 4, kRequired, Takes::kNothing, true},
    {kBoxSort, kAudioBoxPropertyHasMIDI, kValue, 4, kRequired, Takes::kNothing, true},
    {kBoxSort, kAudioBoxPropertyIsProtected, kValue, 4, kRequired, Takes::kNothing, true},
    {kBoxSort, kAudioBoxPropertyAcquired, kValue, 4, kRequired, Takes::kNothing, true},
    {kBoxSort, kAudioBoxPropertyAcquisitionFailed, kValue, 4, kRequired},
    {kBoxSort, kAudioBoxPropertyDeviceList, kList, kId, kRequired},
    {kBoxSort, kAudioBoxPropertyClockDeviceList, kList, kId, kOptional},

    {kDeviceSort, kAudioObjectPropertyName, kString, 8, kRequired},
    {kDeviceSort, kAudioObjectPropertyManufacturer, kString, 8, kRequired},
    {kDeviceSort, kAudioObjectPropertyModelName, kString, 8, kOptional},
    {kDeviceSort, kAudioObjectPropertySerialNumber, kString, 8, kOptional},
    {kDeviceSort, kAudioObjectPropertyFirmwareVersion, kString, 8, kOptional},
    {kDeviceSort, kAudioObjectPropertyElementName, kString, 8, kOptional},
    {kDeviceSort, kAudioObjectPropertyElementCategoryName, kString, 8, kOptional},
    {kDeviceSort, kAudioObjectPropertyElementNumberName, kString, 8, kOptional},
    {kDeviceSort, kAudioObjectPropertyIdentify, kValue, 4, kOptional, Takes::kNothing, true},
    {kDeviceSort, kAudioDevicePropertyConfigurationApplication, kString, 8, kOptional},
    {kDeviceSort, kAudioDevicePropertyDeviceUID, kString, 8, kRequired},
    {kDeviceSort, kAudioDevicePropertyModelUID, kString, 8, kRequired},
    {kDeviceSort, kAudioDevicePropertyTransportType, kValue, 4, kRequired},
    {kDeviceSort, kAudioDevicePropertyRelatedDevices, kList, kId, kRequired},
    {kDeviceSort, kAudioDevicePropertyClockDomain, kValue, 4, kRequired},
    {kDeviceSort, kAudioDevicePropertyClockAlgorithm, kValue, 4, kOptional},
    {kDeviceSort, kAudioDevicePropertyClockIsStable, kValue, 4, kOptional, Takes::kNothing, true},
    {kDeviceSort, kAudioDevicePropertyDeviceIsAlive, kValue, 4, kRequired, Takes::kNothing, true},
    {kDeviceSort, kAudioDevicePropertyDeviceIsRunning, kValue, 4, kRequired, Takes::kNothing, true},
    {kDeviceSort, kAudioDevicePropertyDeviceCanBeDefaultDevice, kValue, 4, Presence::kSides, Takes::kNothing, true},
    {kDeviceSort, kAudioDevicePropertyDeviceCanBeDefaultSystemDevice, kValue, 4, Presence::kSides, Takes::kNothing, true},
    {kDeviceSort, kAudioDevicePropertyLatency, kValue, 4, Presence::kSides},
    {kDeviceSort, kAudioDevicePropertySafetyOffset, kValue, 4, Presence::kSides},
    {kDeviceSort, kAudioDevicePropertyStreams, kList, kId, kRequired},
    {kDeviceSort, kAudioObjectPropertyControlList, kList, kId, kRequired},
    {kDeviceSort, kAudioDevicePropertyNominalSampleRate, kValue, 8, kRequired},
    {kDeviceSort, kAudioDevicePropertyAvailableNominalSampleRates, kList, sizeof(AudioValueRange), kRequired},
    {kDeviceSort, kAudioDevicePropertyIcon, Form::kUrl, 8, kOptional},
    {kDeviceSort, kAudioDevicePropertyIsHidden, kValue, 4, kRequired, Takes::kNothing, true},
    {kDeviceSort, kAudioDevicePropertyPreferredChannelsForStereo, kValue, 8, Presence::kSides, Takes::kNothing, false, 4},
    {kDeviceSort, kAudioDevicePropertyPreferredChannelLayout, Form::kLayout, 12, Presence::kSides},
    {kDeviceSort, kAudioDevicePropertyZeroTimeStampPeriod, kValue, 4, kRequired},

    {kStreamSort, kAudioObjectPropertyName, kString, 8, kOptional},
    {kStreamSort, kAudioStreamPropertyIsActive, kValue, 4, kRequired, Takes::kNothing, true},
    {kStreamSort, kAudioStreamPropertyDirection, kValue, 4, kRequired, Takes::kNothing, true},
    {kStreamSort, kAudioStreamPropertyTerminalType, kValue, 4, kRequired},
    {kStreamSort, kAudioStreamPropertyStartingChannel, kValue, 4, kRequired},
    {kStreamSort, kAudioStreamPropertyLatency, kValue, 4, kRequired},
    {kStreamSort, kAudioStreamPropertyVirtualFormat, kValue, sizeof(AudioStreamBasicDescription), kRequired},
    {kStreamSort, kAudioStreamPropertyPhysicalFormat, kValue, sizeof(AudioStreamBasicDescription), kRequired},
    {kStreamSort, kAudioStreamPropertyAvailableVirtualFormats, kList, sizeof(AudioStreamRangedDescription), kRequired},
    {kStreamSort, kAudioStreamPropertyAvailablePhysicalFormats, kList, sizeof(AudioStreamRangedDescription), kRequired},

    {kControlSorts, kAudioObjectPropertyName, kString, 8, kOptional},
    {kControlSorts, kAudioControlPropertyScope, kValue, 4, kRequired},
    {kControlSorts, kAudioControlPropertyElement, kValue, 4, kRequired},
    {kSliderSort, kAudioSliderControlPropertyValue, kValue, 4, kRequired},
    {kSliderSort, kAudioSliderControlPropertyRange, kValue, 8, kRequired, Takes::kNothing, false, 4},
    {kLevelSort, kAudioLevelControlPropertyScalarValue, kValue, 4, kRequired},
    {kLevelSort, kAudioLevelControlPropertyDecibelValue, kValue, 4, kRequired},
    {kLevelSort, kAudioLevelControlPropertyDecibelRange, kValue, sizeof(AudioValueRange), kRequired},
    {kLevelSort, kAudioLevelControlPropertyConvertScalarToDecibels, kValue, 4, kRequired, Takes::kScalar},
    {kLevelSort, kAudioLevelControlPropertyConvertDecibelsToScalar, kValue, 4, kRequired, Takes::kDecibel},
    {kBooleanSort, kAudioBooleanControlPropertyValue, kValue, 4, kRequired, Takes::kNothing, true},
    {kSelectorSort, kAudioSelectorControlPropertyCurrentItem, kValue, 4, kRequired, Takes::kNothing, false, 4},
    {kSelectorSort, kAudioSelectorControlPropertyAvailableItems, kList, 4, kRequired},
    {kSelectorSort, kAudioSelectorControlPropertyItemName, kString, 8, kRequired, Takes::kItem},
    {kSelectorSort, kAudioSelectorControlPropertyItemKind, kValue, 4, kOptional, Takes::kItem},
    {kPanSort, kAudioStereoPanControlPropertyValue, kValue, 4, kRequired},
    {kPanSort, kAudioStereoPanControlPropertyPanningChannels, kValue, 8, kOptional, Takes::kNothing, false, 4},
};
// clang-format on

constexpr bool rows_are_unique() {
    for (const auto& row : kProperties)
        for (const auto& other : kProperties)
            if (&row != &other && row.selector == other.selector && (row.sorts & other.sorts) != 0)
                return false;
    return true;
}
static_assert(rows_are_unique());

}  // namespace

std::span<const ClassRule> class_rules() {
    return kClasses;
}

const ClassRule* find_class(AudioClassID id) {
    const auto* const found = std::ranges::find(kClasses, id, &ClassRule::id);
    return found == std::end(kClasses) ? nullptr : found;
}

std::span<const PropertyRule> property_rules() {
    return kProperties;
}

const PropertyRule* find_rule(Sorts sort, AudioObjectPropertySelector selector) {
    const auto* const found = std::ranges::find_if(kProperties, [&](const PropertyRule& rule) {
        return rule.selector == selector && (rule.sorts & sort) != 0;
    });
    return found == std::end(kProperties) ? nullptr : found;
}

}  // namespace minihal::halval
