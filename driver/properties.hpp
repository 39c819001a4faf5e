#pragma once

#include "driver/property_table.hpp"

/// The five property calls of the plug-in interface, for any object and any address. Control threads.
///
/// Errors: '!obj' unknown object, 'who?' no such property there, '!siz' a buffer too small for a value, a set
/// value of another size or a malformed qualifier, 'nope' a null pointer or a property that cannot be set, and
/// what setting itself refuses. A list is cut to the whole items that fit, which is no error.
namespace gecko::driver {

/// A value or qualifier as the host hands it over.
struct Bytes {
    UInt32 size;
    const void* data;
};

bool has_property(AudioObjectID object, const AudioObjectPropertyAddress& address) noexcept;

OSStatus is_property_settable(AudioObjectID object, const AudioObjectPropertyAddress& address,
                              Boolean& settable) noexcept;

OSStatus get_property_size(Device& device, AudioObjectID object, pid_t client,
                           const AudioObjectPropertyAddress& address, Bytes qualifier, UInt32& size) noexcept;

/// capacity  bytes at `data`
/// written   bytes that were put there
OSStatus get_property(Device& device, AudioObjectID object, pid_t client,
                      const AudioObjectPropertyAddress& address, Bytes qualifier, UInt32 capacity,
                      UInt32& written, void* data) noexcept;

OSStatus set_property(Device& device, AudioObjectID object, pid_t client,
                      const AudioObjectPropertyAddress& address, Bytes value) noexcept;

}  // namespace gecko::driver
