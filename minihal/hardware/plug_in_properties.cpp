#include "minihal/hardware/properties.hpp"
#include "minihal/hardware/simulated_hardware.hpp"

namespace minihal::hardware {

namespace {

constexpr auto kPlugIn = Object::kPlugIn;

void devices(const Subject& subject, Bytes& out) {
    for (const auto& device : subject.hardware.present()) put(out, device->id(Object::kDevice));
}

void device_for_uid(const Subject& subject, Bytes& out) {
    std::string uid;
    const auto device = plist::read(subject.qualifier, uid) ? subject.hardware.with_uid(uid) : nullptr;
    put(out, device ? device->id(Object::kDevice) : AudioObjectID{kAudioObjectUnknown});
}

void custom(const Subject&, Bytes& out) {
    put(out, AudioServerPlugInCustomPropertyInfo{
                 .mSelector = kSimulatedHardwareProperty,
                 .mPropertyDataType = kAudioServerPlugInCustomPropertyDataTypeCFPropertyList,
                 .mQualifierDataType = kAudioServerPlugInCustomPropertyDataTypeNone});
}

OSStatus command(const Subject& subject, std::span<const uint8_t> data) {
    CFTypeRef dictionary = nullptr;
    if (!take(data, dictionary)) return kAudioHardwareBadPropertySizeError;
    return subject.hardware.command(dictionary);
}

constexpr Property kProperties[] = {
    bytes(kPlugIn, kAudioObjectPropertyBaseClass, constant<kAudioObjectClassID>),
    bytes(kPlugIn, kAudioObjectPropertyClass, constant<kAudioPlugInClassID>),
    bytes(kPlugIn, kAudioObjectPropertyOwner, constant<kAudioObjectUnknown>),
    list(kPlugIn, kAudioObjectPropertyOwnedObjects, devices),
    object(kPlugIn, kAudioObjectPropertyManufacturer,
           [](const Subject&) { return wire::string_of("minihal"); }),
    list(kPlugIn, kAudioPlugInPropertyDeviceList, devices),
    bytes(kPlugIn, kAudioPlugInPropertyTranslateUIDToDevice, device_for_uid),
    object(kPlugIn, kAudioPlugInPropertyResourceBundle, [](const Subject&) { return wire::string_of(""); }),
    list(kPlugIn, kAudioObjectPropertyCustomPropertyInfoList, custom,
         sizeof(AudioServerPlugInCustomPropertyInfo)),
    {.object = kPlugIn,
     .selector = kSimulatedHardwareProperty,
     .get_object = [](const Subject& subject) { return subject.hardware.state(); },
     .set = command},
};

}  // namespace

std::span<const Property> plug_in_properties() {
    return kProperties;
}

}  // namespace minihal::hardware
