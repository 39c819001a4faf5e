// The objects, their state, and what the controls read as.
#include <string.h>

#include "reference.h"

const Object objects[] = {
    {kAudioObjectPlugInObject, kAudioObjectUnknown, kAudioPlugInClassID, kAudioObjectClassID, 0},
    {kBox, kAudioObjectPlugInObject, kAudioBoxClassID, kAudioObjectClassID, 0},
    {kLoop, kAudioObjectPlugInObject, kAudioDeviceClassID, kAudioObjectClassID, 0},
    {kLoopInput, kLoop, kAudioStreamClassID, kAudioObjectClassID, kAudioObjectPropertyScopeInput},
    {kLoopOutput, kLoop, kAudioStreamClassID, kAudioObjectClassID, kAudioObjectPropertyScopeOutput},
    {kLoopVolume, kLoop, kAudioVolumeControlClassID, kAudioLevelControlClassID,
     kAudioObjectPropertyScopeOutput},
    {kLoopMute, kLoop, kAudioMuteControlClassID, kAudioBooleanControlClassID,
     kAudioObjectPropertyScopeOutput},
    {kLoopPitch, kLoop, kAudioStereoPanControlClassID, kAudioControlClassID, kAudioObjectPropertyScopeOutput},
    {kLoopClock, kLoop, kAudioClockSourceControlClassID, kAudioSelectorControlClassID,
     kAudioObjectPropertyScopeGlobal},
    {kLoopGain, kLoop, kAudioVolumeControlClassID, kAudioLevelControlClassID, kAudioObjectPropertyScopeInput},
    {kMirror, kAudioObjectPlugInObject, kAudioDeviceClassID, kAudioObjectClassID, 0},
    {kMirrorOutput, kMirror, kAudioStreamClassID, kAudioObjectClassID, kAudioObjectPropertyScopeOutput},
    {kMirrorVolume, kMirror, kAudioVolumeControlClassID, kAudioLevelControlClassID,
     kAudioObjectPropertyScopeOutput},
    {kMirrorMute, kMirror, kAudioMuteControlClassID, kAudioBooleanControlClassID,
     kAudioObjectPropertyScopeOutput},
};
const int object_count = sizeof objects / sizeof objects[0];

const Float64 rates[kRates] = {44100, 48000, 88200, 96000};
Device devices[kDevices] = {{.id = kLoop, .rate = 48000}, {.id = kMirror, .rate = 48000}};
Float32 scalars[64] = {[kLoopVolume] = 1, [kLoopGain] = 1, [kLoopPitch] = 0.5F, [kMirrorVolume] = 0.5F};
UInt32 switches[64] = {[kLoopInput] = 1, [kLoopOutput] = 1, [kMirrorOutput] = 1};

const Object* find_object(AudioObjectID id) {
    for (int i = 0; i < object_count; ++i)
        if (objects[i].id == id) return &objects[i];
    return NULL;
}
Device* find_device(AudioObjectID id) {
    for (int i = 0; i < kDevices; ++i)
        if (devices[i].id == id) return &devices[i];
    return NULL;
}
Device* device_of(const Object* object) {
    return find_device(object->class_id == kAudioDeviceClassID ? object->id : object->owner);
}
bool is_stream(const Object* object) {
    return object->class_id == kAudioStreamClassID;
}
UInt32 period_frames(void) {
    return broken("short-period") ? 8192 : 12288;
}

void put(Value* value, const void* bytes, UInt32 size) {
    if (value->size + size > sizeof value->bytes) return;
    memcpy(value->bytes + value->size, bytes, size);
    value->size += size;
}
void put_number(Value* value, UInt32 number) {
    put(value, &number, sizeof number);
}
void put_float(Value* value, Float32 number) {
    put(value, &number, sizeof number);
}
void put_object(Value* value, CFTypeRef object) {
    put(value, &object, sizeof object);
}

OSStatus produce_control(const Object* object, const AudioObjectPropertyAddress* address,
                         UInt32 qualifier_size, const void* qualifier, const void* buffer, Value* value) {
    const Float32 scalar = scalars[object->id];
    Float32 given = 0;
    if (buffer != NULL) memcpy(&given, buffer, sizeof given);
    switch (address->mSelector) {
        case kAudioControlPropertyScope:
            put_number(value, object->scope);
            return 0;
        case kAudioControlPropertyElement:
            put_number(value, 0);
            return 0;
        case kAudioLevelControlPropertyScalarValue:
        case kAudioStereoPanControlPropertyValue:
            put_float(value, scalar);
            return 0;
        case kAudioLevelControlPropertyDecibelValue:
            put_float(value, (scalar - 1) * 60);
            return 0;
        case kAudioLevelControlPropertyDecibelRange: {
            const AudioValueRange range = {-60, 0};
            put(value, &range, sizeof range);
            return 0;
        }
        case kAudioLevelControlPropertyConvertScalarToDecibels:
            put_float(value, ((broken("has-a-crooked-curve") ? given * given : given) - 1) * 60);
            return 0;
        case kAudioLevelControlPropertyConvertDecibelsToScalar:
            put_float(value, given / 60 + 1);
            return 0;
        case kAudioSelectorControlPropertyAvailableItems:
            put_number(value, 0);
            put_number(value, 1);
            return 0;
        case kAudioSelectorControlPropertyItemName: {
            UInt32 item = 2;
            if (qualifier_size == sizeof item && qualifier != NULL) memcpy(&item, qualifier, sizeof item);
            if (item > 1) return kAudioHardwareIllegalOperationError;
            put_object(value, CFStringCreateCopy(NULL, item == 0 ? CFSTR("Fixed") : CFSTR("Adjustable")));
            return 0;
        }
        default:
            put_number(value, switches[object->id]);
            return 0;
    }
}
