#include "driver/properties.hpp"

#include <expected>

namespace gecko::driver {
namespace {

std::expected<const Property*, OSStatus> find(AudioObjectID object,
                                              const AudioObjectPropertyAddress& address) noexcept {
    if (find_object(object) == nullptr) return std::unexpected(OSStatus{kAudioHardwareBadObjectError});
    const Property* property = find_property(object, address);
    if (property == nullptr) return std::unexpected(OSStatus{kAudioHardwareUnknownPropertyError});
    return property;
}

/// The qualifier as the property wants it.
std::expected<std::span<const std::byte>, OSStatus> checked(Qualifier kind, Bytes qualifier) noexcept {
    const std::span bytes(static_cast<const std::byte*>(qualifier.data), qualifier.size);
    switch (kind) {
        case Qualifier::none:
            return std::span<const std::byte>{};
        case Qualifier::string: {
            if (bytes.size() != sizeof(CFStringRef))
                return std::unexpected(OSStatus{kAudioHardwareBadPropertySizeError});
            if (bytes.data() == nullptr)
                return std::unexpected(OSStatus{kAudioHardwareIllegalOperationError});
            CFTypeRef string = nullptr;
            std::memcpy(&string, bytes.data(), sizeof string);
            if (string == nullptr || ::CFGetTypeID(string) != ::CFStringGetTypeID())
                return std::unexpected(OSStatus{kAudioHardwareIllegalOperationError});
            return bytes;
        }
        case Qualifier::classes:
            if (bytes.size() % sizeof(AudioClassID) != 0)
                return std::unexpected(OSStatus{kAudioHardwareBadPropertySizeError});
            if (bytes.data() == nullptr && !bytes.empty())
                return std::unexpected(OSStatus{kAudioHardwareIllegalOperationError});
            return bytes;
    }
    return std::unexpected(OSStatus{kAudioHardwareIllegalOperationError});
}

}  // namespace

bool has_property(AudioObjectID object, const AudioObjectPropertyAddress& address) noexcept {
    return find_property(object, address) != nullptr;
}

OSStatus is_property_settable(AudioObjectID object, const AudioObjectPropertyAddress& address,
                              Boolean& settable) noexcept {
    const auto property = find(object, address);
    if (!property) return property.error();
    settable = (*property)->set != nullptr;
    return kAudioHardwareNoError;
}

OSStatus get_property_size(Device& device, AudioObjectID object, pid_t client,
                           const AudioObjectPropertyAddress& address, Bytes qualifier,
                           UInt32& size) noexcept {
    const auto property = find(object, address);
    if (!property) return property.error();
    if (!(*property)->is_list) {
        size = (*property)->size;
        return kAudioHardwareNoError;
    }
    const auto bytes = checked((*property)->qualifier, qualifier);
    if (!bytes) return bytes.error();
    Reply counted(nullptr, 0);
    const OSStatus status =
        (*property)->get({device, object, address.mScope, client, *bytes, nullptr}, counted);
    size = static_cast<UInt32>(counted.wanted());
    return status;
}

OSStatus get_property(Device& device, AudioObjectID object, pid_t client,
                      const AudioObjectPropertyAddress& address, Bytes qualifier, UInt32 capacity,
                      UInt32& written, void* data) noexcept {
    const auto property = find(object, address);
    if (!property) return property.error();
    const auto bytes = checked((*property)->qualifier, qualifier);
    if (!bytes) return bytes.error();
    if (!(*property)->is_list && capacity < (*property)->size) return kAudioHardwareBadPropertySizeError;
    Reply reply(data, capacity);
    const OSStatus status = (*property)->get({device, object, address.mScope, client, *bytes, data}, reply);
    written = static_cast<UInt32>(reply.written());
    return status;
}

OSStatus set_property(Device& device, AudioObjectID object, pid_t client,
                      const AudioObjectPropertyAddress& address, Bytes value) noexcept {
    const auto property = find(object, address);
    if (!property) return property.error();
    if ((*property)->set == nullptr) return kAudioHardwareIllegalOperationError;
    if (value.size != (*property)->size) return kAudioHardwareBadPropertySizeError;
    return (*property)->set({device, object, address.mScope, client, {}, nullptr}, value.data);
}

}  // namespace gecko::driver
