// The five property functions, over a table of what each class has.
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"

typedef struct {
    AudioClassID class_id;  // 0: all; a base class: all of it
    AudioObjectPropertySelector selector;
    UInt32 size;  // of an item, in a list
    bool list;
    bool settable;
    bool sides;  // of input and output only
} Row;

enum { kControls = 1 };

static const Row rows[] = {
    {0, kAudioObjectPropertyBaseClass, 4, 0, 0, 0},
    {0, kAudioObjectPropertyClass, 4, 0, 0, 0},
    {0, kAudioObjectPropertyOwner, 4, 0, 0, 0},
    {0, kAudioObjectPropertyOwnedObjects, 4, 1, 0, 0},
    {kAudioPlugInClassID, kAudioObjectPropertyManufacturer, 8, 0, 0, 0},
    {kAudioPlugInClassID, kAudioPlugInPropertyDeviceList, 4, 1, 0, 0},
    {kAudioPlugInClassID, kAudioPlugInPropertyTranslateUIDToDevice, 4, 0, 0, 0},
    {kAudioPlugInClassID, kAudioPlugInPropertyBoxList, 4, 1, 0, 0},
    {kAudioPlugInClassID, kAudioPlugInPropertyTranslateUIDToBox, 4, 0, 0, 0},
    {kAudioPlugInClassID, kAudioPlugInPropertyResourceBundle, 8, 0, 0, 0},
    {kAudioBoxClassID, kAudioObjectPropertyName, 8, 0, 0, 0},
    {kAudioBoxClassID, kAudioObjectPropertyManufacturer, 8, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyBoxUID, 8, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyTransportType, 4, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyHasAudio, 4, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyHasVideo, 4, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyHasMIDI, 4, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyIsProtected, 4, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyAcquired, 4, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyAcquisitionFailed, 4, 0, 0, 0},
    {kAudioBoxClassID, kAudioBoxPropertyDeviceList, 4, 1, 0, 0},
    {kAudioDeviceClassID, kAudioObjectPropertyName, 8, 0, 0, 0},
    {kAudioDeviceClassID, kAudioObjectPropertyManufacturer, 8, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyDeviceUID, 8, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyModelUID, 8, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyTransportType, 4, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyRelatedDevices, 4, 1, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyClockDomain, 4, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyDeviceIsAlive, 4, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyDeviceIsRunning, 4, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyDeviceCanBeDefaultDevice, 4, 0, 0, 1},
    {kAudioDeviceClassID, kAudioDevicePropertyDeviceCanBeDefaultSystemDevice, 4, 0, 0, 1},
    {kAudioDeviceClassID, kAudioDevicePropertyLatency, 4, 0, 0, 1},
    {kAudioDeviceClassID, kAudioDevicePropertySafetyOffset, 4, 0, 0, 1},
    {kAudioDeviceClassID, kAudioDevicePropertyStreams, 4, 1, 0, 0},
    {kAudioDeviceClassID, kAudioObjectPropertyControlList, 4, 1, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyNominalSampleRate, 8, 0, 1, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyAvailableNominalSampleRates, 16, 1, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyIcon, 8, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyIsHidden, 4, 0, 0, 0},
    {kAudioDeviceClassID, kAudioDevicePropertyPreferredChannelsForStereo, 8, 0, 0, 1},
    {kAudioDeviceClassID, kAudioDevicePropertyPreferredChannelLayout, 52, 0, 0, 1},
    {kAudioDeviceClassID, kAudioDevicePropertyZeroTimeStampPeriod, 4, 0, 0, 0},
    {kAudioDeviceClassID, kAudioObjectPropertyCustomPropertyInfoList, 12, 1, 0, 0},
    {kAudioDeviceClassID, kCustomState, 8, 0, 0, 0},
    {kAudioStreamClassID, kAudioStreamPropertyIsActive, 4, 0, 1, 0},
    {kAudioStreamClassID, kAudioStreamPropertyDirection, 4, 0, 0, 0},
    {kAudioStreamClassID, kAudioStreamPropertyTerminalType, 4, 0, 0, 0},
    {kAudioStreamClassID, kAudioStreamPropertyStartingChannel, 4, 0, 0, 0},
    {kAudioStreamClassID, kAudioStreamPropertyLatency, 4, 0, 0, 0},
    {kAudioStreamClassID, kAudioStreamPropertyVirtualFormat, 40, 0, 1, 0},
    {kAudioStreamClassID, kAudioStreamPropertyPhysicalFormat, 40, 0, 1, 0},
    {kAudioStreamClassID, kAudioStreamPropertyAvailableVirtualFormats, 56, 1, 0, 0},
    {kAudioStreamClassID, kAudioStreamPropertyAvailablePhysicalFormats, 56, 1, 0, 0},
    {kControls, kAudioControlPropertyScope, 4, 0, 0, 0},
    {kControls, kAudioControlPropertyElement, 4, 0, 0, 0},
    {kAudioVolumeControlClassID, kAudioLevelControlPropertyScalarValue, 4, 0, 1, 0},
    {kAudioVolumeControlClassID, kAudioLevelControlPropertyDecibelValue, 4, 0, 1, 0},
    {kAudioVolumeControlClassID, kAudioLevelControlPropertyDecibelRange, 16, 0, 0, 0},
    {kAudioVolumeControlClassID, kAudioLevelControlPropertyConvertScalarToDecibels, 4, 0, 0, 0},
    {kAudioVolumeControlClassID, kAudioLevelControlPropertyConvertDecibelsToScalar, 4, 0, 0, 0},
    {kAudioMuteControlClassID, kAudioBooleanControlPropertyValue, 4, 0, 1, 0},
    {kAudioStereoPanControlClassID, kAudioStereoPanControlPropertyValue, 4, 0, 1, 0},
    {kAudioClockSourceControlClassID, kAudioSelectorControlPropertyCurrentItem, 4, 0, 1, 0},
    {kAudioClockSourceControlClassID, kAudioSelectorControlPropertyAvailableItems, 4, 1, 0, 0},
    {kAudioClockSourceControlClassID, kAudioSelectorControlPropertyItemName, 8, 0, 0, 0},
};

static bool is_control(const Object* object) {
    return object->owner != kAudioObjectUnknown && object->owner != kAudioObjectPlugInObject &&
           !is_stream(object);
}

static const Row* find_row(const Object* object, const AudioObjectPropertyAddress* address) {
    const AudioObjectPropertyScope scope = address->mScope;
    const bool side = scope == kAudioObjectPropertyScopeInput || scope == kAudioObjectPropertyScopeOutput;
    if (address->mElement != 0 || (!side && scope != kAudioObjectPropertyScopeGlobal)) return NULL;
    if (broken("forgets-to-be-seen") && address->mSelector == kAudioDevicePropertyIsHidden) return NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        const Row* row = &rows[i];
        if (row->selector != address->mSelector || (row->sides && !side)) continue;
        if (row->class_id == 0 || row->class_id == object->class_id) return row;
        if (row->class_id == kControls && is_control(object)) return row;
    }
    return NULL;
}

static OSStatus find(AudioObjectID id, const AudioObjectPropertyAddress* address, const Object** object,
                     const Row** row) {
    if (address == NULL) return kAudioHardwareIllegalOperationError;
    *object = find_object(id);
    if (*object == NULL)
        return broken("knows-no-bad-objects") ? kAudioHardwareUnknownPropertyError
                                              : kAudioHardwareBadObjectError;
    *row = find_row(*object, address);
    if (*row == NULL)
        return broken("says-what") ? kAudioHardwareUnspecifiedError : kAudioHardwareUnknownPropertyError;
    return 0;
}

// A value that is twice as wide as it should be.
static UInt32 size_of(const Row* row) {
    return row->selector == kAudioStreamPropertyTerminalType && broken("wide-values") ? 8 : row->size;
}

Boolean HasProperty(AudioServerPlugInDriverRef driver, AudioObjectID id, pid_t client,
                    const AudioObjectPropertyAddress* address) {
    (void)driver, (void)client;
    const Object* object = NULL;
    const Row* row = NULL;
    return find(id, address, &object, &row) == 0;
}

OSStatus IsPropertySettable(AudioServerPlugInDriverRef driver, AudioObjectID id, pid_t client,
                            const AudioObjectPropertyAddress* address, Boolean* out) {
    (void)driver, (void)client;
    const Object* object = NULL;
    const Row* row = NULL;
    const OSStatus status = find(id, address, &object, &row);
    if (status != 0) return status;
    if (out == NULL) return kAudioHardwareIllegalOperationError;
    if (broken("disagrees") && row->selector == kAudioPlugInPropertyResourceBundle)
        return kAudioHardwareUnknownPropertyError;
    *out = row->settable;
    return 0;
}

OSStatus GetPropertyDataSize(AudioServerPlugInDriverRef driver, AudioObjectID id, pid_t client,
                             const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                             const void* qualifier, UInt32* out) {
    (void)driver, (void)client;
    const Object* object = NULL;
    const Row* row = NULL;
    const OSStatus status = find(id, address, &object, &row);
    if (status != 0) return status;
    if (out == NULL) return kAudioHardwareIllegalOperationError;
    *out = size_of(row);
    if (broken("announces-gigabytes") && row->selector == kAudioStreamPropertyTerminalType) *out = 0x70000000;
    if (!row->list) return 0;
    Value value = {.size = 0};
    const OSStatus produced = produce(object, address, qualifier_size, qualifier, NULL, &value);
    *out = value.size;
    return produced;
}

OSStatus GetPropertyData(AudioServerPlugInDriverRef driver, AudioObjectID id, pid_t client,
                         const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                         const void* qualifier, UInt32 capacity, UInt32* size, void* out) {
    (void)driver, (void)client;
    const Object* object = NULL;
    const Row* row = NULL;
    const OSStatus status = find(id, address, &object, &row);
    if (status != 0) return status;
    if (size == NULL || out == NULL) return kAudioHardwareIllegalOperationError;
    static atomic_int inside;
    if (broken("one-call-at-a-time")) {
        if (atomic_fetch_add(&inside, 1) > 0) abort();
        sched_yield();
        atomic_fetch_sub(&inside, 1);
    }
    if (broken("fills-short-buffers") && row->selector == kAudioDevicePropertyTransportType &&
        capacity < row->size)
        memset(out, 1, capacity);
    const bool careless =
        broken("writes-into-anything") && row->selector == kAudioDevicePropertyTransportType;
    if (!row->list && capacity < size_of(row) && !careless) return kAudioHardwareBadPropertySizeError;
    if (!row->list && capacity > size_of(row) && broken("wants-exact-sizes"))
        return kAudioHardwareBadPropertySizeError;
    Value value = {.size = 0};
    const OSStatus produced = produce(object, address, qualifier_size, qualifier, out, &value);
    if (produced != 0) return produced;
    if (row->list && capacity < value.size && broken("refuses-short-lists"))
        return kAudioHardwareBadPropertySizeError;
    UInt32 bytes = row->list && capacity < value.size ? capacity / row->size * row->size : value.size;
    if (!row->list) bytes = size_of(row);
    memcpy(out, value.bytes, bytes);
    *size = bytes;
    if (broken("reports-nothing") && row->selector == kAudioPlugInPropertyResourceBundle && capacity == bytes)
        *size = 0;
    return 0;
}

// Whether the two are the same but for their rates.
static bool same_layout(const AudioStreamBasicDescription* a, const AudioStreamBasicDescription* b) {
    return a->mFormatID == b->mFormatID && a->mFormatFlags == b->mFormatFlags &&
           a->mBytesPerFrame == b->mBytesPerFrame && a->mChannelsPerFrame == b->mChannelsPerFrame &&
           a->mBitsPerChannel == b->mBitsPerChannel;
}

static OSStatus ask_for_rate(Device* device, Float64 rate) {
    for (int i = 0; i < kRates; ++i) {
        if (rates[i] != rate) continue;
        if (rate == device->rate) return 0;
        if (broken("changes-at-once") || broken("changes-too-early")) device->rate = rate;
        if (broken("changes-at-once")) return 0;
        if (broken("asks-inline"))
            host->RequestDeviceConfigurationChange(host, device->id, (UInt64)rate, NULL);
        else
            request_change(device->id, (UInt64)rate);
        return 0;
    }
    return broken("takes-any-rate") ? 0 : kAudioDeviceUnsupportedFormatError;
}

static Float32 clamped(Float32 scalar) {
    if (broken("goes-to-eleven") && scalar > 1) return scalar;
    if (broken("is-no-number") && scalar != scalar) return scalar;
    return scalar >= 0 ? (scalar <= 1 ? scalar : 1) : 0;  // not a number: 0
}

OSStatus SetPropertyData(AudioServerPlugInDriverRef driver, AudioObjectID id, pid_t client,
                         const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                         const void* qualifier, UInt32 size, const void* data) {
    (void)driver, (void)client, (void)qualifier_size, (void)qualifier;
    const Object* object = NULL;
    const Row* row = NULL;
    const OSStatus status = find(id, address, &object, &row);
    if (status != 0) return status;
    if (!row->settable) {
        const bool lies = broken("sets-what-is-fixed") && row->selector == kAudioStreamPropertyLatency;
        return lies ? 0 : kAudioHardwareUnsupportedOperationError;
    }
    if (size != row->size)
        return broken("takes-any-size") && id == kLoopMute ? 0 : kAudioHardwareBadPropertySizeError;
    Float32 number = 0;
    UInt32 whole = 0;
    memcpy(&number, data, sizeof number);
    memcpy(&whole, data, sizeof whole);
    switch (row->selector) {
        case kAudioDevicePropertyNominalSampleRate: {
            Float64 rate = 0;
            memcpy(&rate, data, sizeof rate);
            return ask_for_rate(find_device(id), rate);
        }
        case kAudioStreamPropertyVirtualFormat:
        case kAudioStreamPropertyPhysicalFormat: {
            AudioStreamBasicDescription format;
            memcpy(&format, data, sizeof format);
            Value now = {.size = 0};
            produce(object, address, 0, NULL, NULL, &now);
            AudioStreamBasicDescription own;
            memcpy(&own, now.bytes, sizeof own);
            if (!same_layout(&format, &own))
                return broken("takes-any-format") ? 0 : kAudioDeviceUnsupportedFormatError;
            return broken("forgets-formats") ? 0 : ask_for_rate(device_of(object), format.mSampleRate);
        }
        case kAudioLevelControlPropertyDecibelValue:
            number = number / 60 + 1;
            // fall through
        case kAudioLevelControlPropertyScalarValue:
            scalars[id] = clamped(number);
            if (broken("tells-half"))
                tell(id, row->selector, 0);
            else
                tell(id, kAudioLevelControlPropertyScalarValue, kAudioLevelControlPropertyDecibelValue);
            return 0;
        case kAudioStereoPanControlPropertyValue:
            scalars[id] = clamped(number);
            break;
        case kAudioSelectorControlPropertyCurrentItem:
            if (whole > 1 && !broken("chooses-anything")) return kAudioHardwareIllegalOperationError;
            switches[id] = whole;
            break;
        default:
            if (!(broken("forgets-the-mute") && id == kLoopMute)) switches[id] = whole != 0;
            if (broken("mutes-quietly") && id == kLoopMute) return 0;
            break;
    }
    tell(id, row->selector, 0);
    return 0;
}
