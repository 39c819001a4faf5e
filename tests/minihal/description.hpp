// What a HAL says of its objects, in lines: the same program's through a server and through the virtual HAL.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "tests/minihal/calls.hpp"

namespace minihal_test {

// Numbers of objects are those of one server; what they name is told by class.
inline bool names_objects(AudioObjectPropertySelector selector) {
    switch (selector) {
        case kAudioObjectPropertyOwner:
        case kAudioObjectPropertyOwnedObjects:
        case kAudioObjectPropertyControlList:
        case kAudioHardwarePropertyDevices:
        case kAudioHardwarePropertyPlugInList:
        case kAudioHardwarePropertyDefaultOutputDevice:
        case kAudioHardwarePropertyDefaultSystemOutputDevice:
        case kAudioDevicePropertyStreams:
        case kAudioDevicePropertyRelatedDevices:
        case kAudioDevicePropertyPlugIn:
            return true;
        default:
            return false;
    }
}

inline bool names_text(AudioObjectPropertySelector selector) {
    return selector == kAudioObjectPropertyName || selector == kAudioObjectPropertyManufacturer ||
           selector == kAudioDevicePropertyDeviceUID || selector == kAudioDevicePropertyModelUID;
}

inline void describe(AudioObjectID object, const std::string& name, std::vector<std::string>& lines) {
    constexpr AudioObjectPropertySelector kSelectors[] = {
        kAudioObjectPropertyClass,
        kAudioObjectPropertyOwner,
        kAudioObjectPropertyOwnedObjects,
        kAudioObjectPropertyName,
        kAudioObjectPropertyManufacturer,
        kAudioObjectPropertyControlList,
        kAudioHardwarePropertyDevices,
        kAudioHardwarePropertyDefaultOutputDevice,
        kAudioHardwarePropertyDefaultSystemOutputDevice,
        kAudioHardwarePropertyPlugInList,
        kAudioDevicePropertyDeviceUID,
        kAudioDevicePropertyModelUID,
        kAudioDevicePropertyTransportType,
        kAudioDevicePropertyDeviceIsAlive,
        kAudioDevicePropertyDeviceIsRunning,
        kAudioDevicePropertyDeviceIsRunningSomewhere,
        kAudioDevicePropertyStreams,
        kAudioDevicePropertyStreamConfiguration,
        kAudioDevicePropertyBufferFrameSize,
        kAudioDevicePropertyBufferFrameSizeRange,
        kAudioDevicePropertyNominalSampleRate,
        kAudioDevicePropertyAvailableNominalSampleRates,
        kAudioDevicePropertyLatency,
        kAudioDevicePropertySafetyOffset,
        kAudioDevicePropertyRelatedDevices,
        kAudioDevicePropertyPlugIn,
        kAudioStreamPropertyDirection,
        kAudioStreamPropertyVirtualFormat,
        kAudioStreamPropertyAvailableVirtualFormats,
    };
    for (const auto selector : kSelectors) {
        for (const auto scope : {kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyScopeOutput}) {
            const auto address = at(selector, scope);
            Boolean settable = 0;
            UInt32 size = 0;
            const auto has = AudioObjectHasProperty(object, &address);
            const auto settable_status = AudioObjectIsPropertySettable(object, &address, &settable);
            const auto size_status = AudioObjectGetPropertyDataSize(object, &address, 0, nullptr, &size);
            std::string value;
            if (names_text(selector)) {
                value = get_text(object, address);
            } else {
                for (const auto byte : get_list<uint8_t>(object, address)) {
                    char digits[3];
                    std::snprintf(digits, sizeof digits, "%02x", byte);
                    if (!names_objects(selector)) value += digits;
                }
            }
            char head[96];
            std::snprintf(head, sizeof head, " %08x %08x %d %d %d %d %u ", selector, scope, has,
                          settable_status, settable, size_status, size);
            lines.push_back(name + head + value);
        }
    }
}

// The system object, its devices and what they own.
inline std::vector<std::string> describe_hal() {
    std::vector<std::string> lines;
    describe(kAudioObjectSystemObject, "system", lines);
    describe(0x7fffffff, "nothing", lines);
    for (const auto device :
         get_list<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDevices))) {
        const auto uid = get_text(device, at(kAudioDevicePropertyDeviceUID));
        describe(device, uid, lines);
        int number = 0;
        for (const auto owned : get_list<AudioObjectID>(device, at(kAudioObjectPropertyOwnedObjects))) {
            describe(owned, uid + "." + std::to_string(number++), lines);
        }
    }
    return lines;
}

}  // namespace minihal_test
