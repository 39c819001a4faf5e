// What the properties read as.
#include <string.h>

#include "reference.h"

static CFStringRef uid_of(const Object* object) {
    if (object->id == kMirror && broken("has-no-uid")) return CFStringCreateCopy(NULL, CFSTR(""));
    return CFStringCreateWithFormat(NULL, NULL, CFSTR("%@-%u"), CFSTR("reference"), (unsigned)object->id);
}
static CFStringRef name_of(const Object* object) {
    static CFStringRef lent;
    if (object->id == kMirror && broken("has-no-name")) return NULL;
    CFStringRef name =
        CFStringCreateWithFormat(NULL, NULL, CFSTR("Reference %s %d"),
                                 object->class_id == kAudioBoxClassID ? "Box" : "Device", (int)object->id);
    if (broken("leaks-its-name")) CFRetain(name);
    if (!broken("lends-its-name")) return name;
    if (lent == NULL) lent = CFRetain(name);
    CFRelease(name);
    return lent;
}

static AudioObjectID object_of_uid(UInt32 size, const void* qualifier, AudioClassID class_id) {
    CFStringRef uid = NULL;
    AudioObjectID found = kAudioObjectUnknown;
    if (size != sizeof uid || qualifier == NULL) return found;
    memcpy(&uid, qualifier, sizeof uid);
    for (int i = 0; uid != NULL && i < object_count; ++i) {
        CFStringRef own = uid_of(&objects[i]);
        if (objects[i].class_id == class_id && CFStringCompare(own, uid, 0) == kCFCompareEqualTo)
            found = objects[i].id;
        CFRelease(own);
    }
    return found;
}

// What an object owns, as far as the scope, the classes and the question go.
static void put_owned(const Object* owner, AudioObjectPropertyScope scope, const AudioClassID* classes,
                      UInt32 class_count, Value* value) {
    for (int i = 0; i < object_count; ++i) {
        const Object* object = &objects[i];
        if (object->owner != owner->id) continue;
        if (scope != kAudioObjectPropertyScopeGlobal && object->scope != scope && object->scope != 0)
            continue;
        bool wanted = class_count == 0;
        for (UInt32 k = 0; k < class_count; ++k)
            wanted |= classes[k] == object->class_id || classes[k] == object->base;
        if (wanted) put_number(value, object->id);
    }
}

static AudioStreamBasicDescription format_at(Float64 rate) {
    const AudioStreamBasicDescription format = {
        rate, kAudioFormatLinearPCM, kAudioFormatFlagsNativeFloatPacked, 8, 1, 8, kChannels, 32, 0};
    return format;
}

// What the device is doing, for its users.
static CFPropertyListRef copy_state(const Device* device) {
    CFMutableDictionaryRef state =
        CFDictionaryCreateMutable(NULL, 0, &kCFTypeDictionaryKeyCallBacks, &kCFTypeDictionaryValueCallBacks);
    CFMutableArrayRef names = CFArrayCreateMutable(NULL, 0, &kCFTypeArrayCallBacks);
    const CFIndex count = device->clients != NULL ? CFDictionaryGetCount(device->clients) : 0;
    const void* values[count + 1];
    if (count > 0) CFDictionaryGetKeysAndValues(device->clients, NULL, values);
    for (CFIndex i = 0; i < count; ++i) CFArrayAppendValue(names, values[i]);
    CFDictionarySetValue(state, CFSTR("clients"), names);
    CFRelease(names);
    const UInt8 bytes[] = {1, 2, 3};
    CFDataRef data = CFDataCreate(NULL, bytes, sizeof bytes);
    CFDictionarySetValue(state, CFSTR("data"), data);
    CFRelease(data);
    return state;
}

static OSStatus produce_device(const Object* object, const AudioObjectPropertyAddress* address,
                               Value* value) {
    Device* device = find_device(object->id);
    switch (address->mSelector) {
        case kAudioDevicePropertyModelUID:
            put_object(value, CFStringCreateCopy(NULL, CFSTR("reference-model")));
            return 0;
        case kAudioDevicePropertyTransportType:
            put_number(value, kAudioDeviceTransportTypeVirtual);
            return 0;
        case kAudioDevicePropertyRelatedDevices:
            if (!broken("is-related-to-nobody")) put_number(value, object->id);
            return 0;
        case kAudioDevicePropertyDeviceIsAlive:
            put_number(value, broken("is-very-alive") ? 2 : 1);
            return 0;
        case kAudioDevicePropertyDeviceIsRunning:
            put_number(value, device->running > 0 && !broken("never-runs"));
            return 0;
        case kAudioDevicePropertyDeviceCanBeDefaultDevice:
        case kAudioDevicePropertyDeviceCanBeDefaultSystemDevice:
            put_number(value, 1);
            return 0;
        case kAudioDevicePropertyStreams:
        case kAudioObjectPropertyControlList: {
            const bool streams = address->mSelector == kAudioDevicePropertyStreams;
            AudioObjectPropertyScope scope = address->mScope;
            if (object->id == kLoop && broken(streams ? "streams-on-both-sides" : "controls-on-both-sides"))
                scope = kAudioObjectPropertyScopeGlobal;
            if (broken("lists-a-ghost") && object->id == kMirror && !streams &&
                scope == kAudioObjectPropertyScopeGlobal)
                put_number(value, 99);
            Value all = {.size = 0};
            put_owned(object, scope, NULL, 0, &all);
            for (UInt32 at = 0; at < all.size; at += 4) {
                AudioObjectID id = 0;
                memcpy(&id, all.bytes + at, sizeof id);
                if (is_stream(find_object(id)) == streams) put_number(value, id);
            }
            return 0;
        }
        case kAudioDevicePropertyNominalSampleRate:
            put(value, &device->rate, sizeof device->rate);
            return 0;
        case kAudioDevicePropertyAvailableNominalSampleRates:
            for (int i = 0; i < kRates; ++i) {
                const AudioValueRange range = {rates[i], rates[i]};
                put(value, &range, sizeof range);
            }
            return 0;
        case kAudioDevicePropertyIcon:
            put_object(value, CFURLCreateWithFileSystemPath(NULL, CFSTR("/Library/reference.icns"),
                                                            kCFURLPOSIXPathStyle, 0));
            return 0;
        case kAudioDevicePropertyPreferredChannelsForStereo:
            put_number(value, 1);
            put_number(value, broken("stereo-from-nowhere") ? 9 : 2);
            return 0;
        case kAudioDevicePropertyPreferredChannelLayout: {
            const UInt32 layout[13] = {0, 0, kChannels, kAudioChannelLabel_Left, 0,
                                       0, 0, 0,         kAudioChannelLabel_Right};
            put(value, layout, sizeof layout);
            return 0;
        }
        case kAudioDevicePropertyZeroTimeStampPeriod:
            put_number(value, period_frames());
            return 0;
        case kAudioObjectPropertyCustomPropertyInfoList:
            put_number(value, kCustomState);
            put_number(value, broken("carries-the-uncarriable")
                                  ? 0x6c6f6e67
                                  : kAudioServerPlugInCustomPropertyDataTypeCFPropertyList);
            put_number(value, 0);
            return 0;
        case kCustomState:
            pthread_mutex_lock(&state_lock);
            put_object(value, copy_state(device));
            pthread_mutex_unlock(&state_lock);
            return 0;
        default:  // clock domain, latency, safety offset, hidden
            put_number(value, 0);
            return 0;
    }
}

static OSStatus produce_stream(const Object* object, const AudioObjectPropertyAddress* address,
                               Value* value) {
    switch (address->mSelector) {
        case kAudioStreamPropertyIsActive:
            put_number(value, switches[object->id]);
            return 0;
        case kAudioStreamPropertyDirection:
            put_number(value, object->scope == kAudioObjectPropertyScopeInput);
            return 0;
        case kAudioStreamPropertyTerminalType:
            put_number(value, kAudioStreamTerminalTypeLine);
            return 0;
        case kAudioStreamPropertyStartingChannel:
            put_number(value, 1);
            return 0;
        case kAudioStreamPropertyLatency:
            put_number(value, 0);
            return 0;
        case kAudioStreamPropertyVirtualFormat:
        case kAudioStreamPropertyPhysicalFormat: {
            const AudioStreamBasicDescription format = format_at(device_of(object)->rate);
            put(value, &format, sizeof format);
            return 0;
        }
        default:
            for (int i = 0; i < kRates - (broken("lacks-a-format") ? 1 : 0); ++i) {
                AudioStreamRangedDescription ranged = {format_at(rates[i]), {rates[i], rates[i]}};
                if (broken("is-not-what-it-offers")) ranged.mFormat.mBitsPerChannel = 24;
                put(value, &ranged, sizeof ranged);
            }
            return 0;
    }
}

OSStatus produce(const Object* object, const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                 const void* qualifier, const void* buffer, Value* value) {
    switch (address->mSelector) {
        case kAudioObjectPropertyBaseClass:
            put_number(value, object->id == kLoopMute && broken("says-a-wrong-base") ? kAudioControlClassID
                                                                                     : object->base);
            return 0;
        case kAudioObjectPropertyClass:
            put_number(value, object->class_id);
            return 0;
        case kAudioObjectPropertyOwner:
            put_number(value,
                       object->id == kLoopVolume && broken("disowns-an-object") ? kMirror : object->owner);
            return 0;
        case kAudioObjectPropertyOwnedObjects: {
            const UInt32 classes = broken("ignores-classes") ? 0 : qualifier_size / sizeof(AudioClassID);
            put_owned(object, address->mScope, qualifier, classes, value);
            if (broken("lists-a-ghost") && object->id == kMirror && classes == 0 &&
                address->mScope == kAudioObjectPropertyScopeGlobal)
                put_number(value, 99);
            if (broken("owns-less-than-it-lists") && object->id == kMirror && value->size == 12)
                value->size = 8;
            return 0;
        }
        case kAudioObjectPropertyName:
            put_object(value, name_of(object));
            return 0;
        case kAudioObjectPropertyManufacturer:
            put_object(value, CFStringCreateCopy(NULL, CFSTR("Nobody")));
            return 0;
        case kAudioDevicePropertyDeviceUID:
        case kAudioBoxPropertyBoxUID:
            put_object(value, uid_of(object));
            return 0;
        case kAudioPlugInPropertyResourceBundle:
            put_object(value, CFStringCreateCopy(NULL, CFSTR("")));
            return 0;
        case kAudioPlugInPropertyBoxList:
            put_number(value, kBox);
            return 0;
        case kAudioBoxPropertyDeviceList:
        case kAudioPlugInPropertyDeviceList:
            put_number(value, kLoop);
            put_number(value, object->id == kBox && broken("boxes-a-stranger") ? 99 : kMirror);
            return 0;
        case kAudioPlugInPropertyTranslateUIDToDevice:
        case kAudioPlugInPropertyTranslateUIDToBox: {
            const bool device = address->mSelector == kAudioPlugInPropertyTranslateUIDToDevice;
            const AudioObjectID found =
                object_of_uid(qualifier_size, qualifier, device ? kAudioDeviceClassID : kAudioBoxClassID);
            put_number(value, found);
            return device && found == 0 && broken("fails-for-unknown-uids") ? kAudioHardwareBadDeviceError
                                                                            : 0;
        }
        default:
            break;
    }
    if (object->class_id == kAudioBoxClassID) {
        const bool yes = address->mSelector == kAudioBoxPropertyHasAudio ||
                         address->mSelector == kAudioBoxPropertyAcquired;
        put_number(value, address->mSelector == kAudioBoxPropertyTransportType
                              ? kAudioDeviceTransportTypeVirtual
                              : yes);
        return 0;
    }
    if (object->class_id == kAudioDeviceClassID) return produce_device(object, address, value);
    if (is_stream(object)) return produce_stream(object, address, value);
    return produce_control(object, address, qualifier_size, qualifier, buffer, value);
}
