// What every object has, and the plug-in object.
#include <cstring>

#include "driver/cf.hpp"
#include "driver/property_readers.hpp"
#include "shm/attach.hpp"

namespace gecko::driver {
namespace {

/// Whether an object is of one of the wanted classes or of a class derived from one. No classes: all are.
bool is_wanted(const ObjectInfo& object, std::span<const std::byte> classes) noexcept {
    if (classes.empty()) return true;
    for (std::size_t at = 0; at < classes.size(); at += sizeof(AudioClassID)) {
        AudioClassID wanted = 0;
        std::memcpy(&wanted, classes.data() + at, sizeof wanted);
        if (wanted == kAudioObjectClassIDWildcard) return true;
        for (const AudioClassID own : object.classes)
            if (own == wanted) return true;
    }
    return false;
}

}  // namespace

AudioClassID class_of(const Request& request) noexcept {
    return find_object(request.object)->classes[0];
}

AudioClassID base_class_of(const Request& request) noexcept {
    return find_object(request.object)->classes[1];
}

AudioObjectID owner_of(const Request& request) noexcept {
    return find_object(request.object)->owner;
}

void put_owned_objects(const Request& request, Reply& reply) noexcept {
    // All that the device owns is on its output side.
    if (request.scope == kAudioObjectPropertyScopeInput) return;
    for (const ObjectInfo& object : kObjects)
        if (object.owner == request.object && is_wanted(object, request.qualifier)) reply.put(object.id);
}

CFStringRef copy_manufacturer(const Request&) noexcept {
    return create_string("Gecko");
}

CFStringRef copy_resource_bundle(const Request&) noexcept {
    return create_string("");  // the plug-in's own
}

void put_devices(const Request&, Reply& reply) noexcept {
    reply.put(kDeviceId);
}

AudioObjectID device_of_uid(const Request& request) noexcept {
    CFStringRef uid = nullptr;
    std::memcpy(&uid, request.qualifier.data(), sizeof uid);
    const CfOwned own(create_string(shm::kDeviceUid));
    return own.get() != nullptr && ::CFEqual(uid, own.get()) ? kDeviceId : AudioObjectID{kAudioObjectUnknown};
}

}  // namespace gecko::driver
