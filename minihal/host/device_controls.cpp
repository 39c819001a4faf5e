#include "minihal/host/device_controls.hpp"

#include <algorithm>

namespace minihal {

namespace {

struct Route {
    AudioObjectPropertySelector device;
    AudioClassID control_class;
    AudioObjectPropertySelector control;
};

constexpr Route kRoutes[] = {
    {kAudioDevicePropertyVolumeScalar, kAudioVolumeControlClassID, kAudioLevelControlPropertyScalarValue},
    {kAudioDevicePropertyVolumeDecibels, kAudioVolumeControlClassID, kAudioLevelControlPropertyDecibelValue},
    {kAudioDevicePropertyVolumeRangeDecibels, kAudioVolumeControlClassID,
     kAudioLevelControlPropertyDecibelRange},
    {kAudioDevicePropertyVolumeScalarToDecibels, kAudioVolumeControlClassID,
     kAudioLevelControlPropertyConvertScalarToDecibels},
    {kAudioDevicePropertyVolumeDecibelsToScalar, kAudioVolumeControlClassID,
     kAudioLevelControlPropertyConvertDecibelsToScalar},
    {kAudioDevicePropertyMute, kAudioMuteControlClassID, kAudioBooleanControlPropertyValue},
};

// The class, scope and element of a control, where it has them.
std::optional<UInt32> value(const PlugIn& plug_in, AudioObjectID object,
                            AudioObjectPropertySelector selector) {
    return plug_in.get<UInt32>(object, address_of(selector));
}

}  // namespace

std::optional<LocalProperty> control_property(const PlugIn& plug_in, AudioObjectID device,
                                              const AudioObjectPropertyAddress& address) {
    const auto* const route = std::ranges::find(kRoutes, address.mSelector, &Route::device);
    if (route == std::end(kRoutes)) return std::nullopt;
    for (const auto control :
         plug_in.get_list<AudioObjectID>(device, address_of(kAudioObjectPropertyControlList))) {
        if (value(plug_in, control, kAudioObjectPropertyClass) == route->control_class &&
            value(plug_in, control, kAudioControlPropertyScope) == address.mScope &&
            value(plug_in, control, kAudioControlPropertyElement) == address.mElement) {
            return LocalProperty{.object = control, .address = address_of(route->control)};
        }
    }
    return std::nullopt;
}

std::optional<LocalProperty> stream_property(const PlugIn& plug_in, AudioObjectID device,
                                             const AudioObjectPropertyAddress& address) {
    constexpr AudioObjectPropertySelector kFormats[] = {
        kAudioStreamPropertyVirtualFormat, kAudioStreamPropertyAvailableVirtualFormats,
        kAudioStreamPropertyPhysicalFormat, kAudioStreamPropertyAvailablePhysicalFormats};
    if (std::ranges::find(kFormats, address.mSelector) == std::end(kFormats)) return std::nullopt;
    const auto streams =
        plug_in.get_list<AudioObjectID>(device, address_of(kAudioDevicePropertyStreams, address.mScope));
    if (streams.empty()) return std::nullopt;
    return LocalProperty{.object = streams.front(), .address = address_of(address.mSelector)};
}

std::optional<LocalProperty> device_property(const PlugIn& plug_in, AudioObjectID control,
                                             const AudioObjectPropertyAddress& address) {
    if (std::ranges::find(kRoutes, address.mSelector, &Route::control) == std::end(kRoutes))
        return std::nullopt;
    const auto control_class = value(plug_in, control, kAudioObjectPropertyClass);
    const auto* const route = std::ranges::find_if(kRoutes, [&](const Route& candidate) {
        return candidate.control == address.mSelector && candidate.control_class == control_class;
    });
    const auto owner = value(plug_in, control, kAudioObjectPropertyOwner);
    const auto scope = value(plug_in, control, kAudioControlPropertyScope);
    const auto element = value(plug_in, control, kAudioControlPropertyElement);
    if (route == std::end(kRoutes) || !owner || !scope || !element) return std::nullopt;
    return LocalProperty{.object = *owner,
                         .address = {.mSelector = route->device, .mScope = *scope, .mElement = *element}};
}

}  // namespace minihal
