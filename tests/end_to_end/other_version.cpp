// The driver as one of another protocol version would be: older by one, or newer by one if OTHER_VERSION says so. It tells its
// version in 'gsta', and takes a request of this version for one of another, as that driver would.
#include <CoreAudio/AudioServerPlugIn.h>
#include <CoreFoundation/CoreFoundation.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "shm/attach.hpp"
#include "shm/layout.hpp"

extern "C" void* GeckoAudioDevice_Create(CFAllocatorRef allocator, CFUUIDRef type);

namespace {

namespace key = gecko::shm::key;

AudioServerPlugInDriverInterface real;

bool is_newer() {
    const char* which = std::getenv("OTHER_VERSION");
    return which != nullptr && std::strcmp(which, "newer") == 0;
}

/// A copy of a dictionary with other values under two keys; no `text_key`, no text.
CFDictionaryRef changed(CFDictionaryRef from, const char* number_key, std::int64_t number,
                        const char* text_key, const char* text) {
    CFMutableDictionaryRef copy = CFDictionaryCreateMutableCopy(nullptr, 0, from);
    const auto put = [&](const char* name, CFTypeRef value) {
        CFStringRef held = CFStringCreateWithCString(nullptr, name, kCFStringEncodingUTF8);
        CFDictionarySetValue(copy, held, value);
        CFRelease(held);
        CFRelease(value);
    };
    put(number_key, CFNumberCreate(nullptr, kCFNumberSInt64Type, &number));
    if (text_key != nullptr) put(text_key, CFStringCreateWithCString(nullptr, text, kCFStringEncodingUTF8));
    return copy;
}

OSStatus get(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
             const AudioObjectPropertyAddress* address, UInt32 qualifier_size, const void* qualifier,
             UInt32 capacity, UInt32* written, void* data) {
    const OSStatus status = real.GetPropertyData(driver, object, client, address, qualifier_size, qualifier,
                                                 capacity, written, data);
    if (status != 0 || address->mSelector != gecko::shm::kStateProperty) return status;
    CFDictionaryRef state = nullptr;
    std::memcpy(&state, data, sizeof state);
    const std::int64_t protocol = std::int64_t{gecko::shm::kProtocolVersion} + (is_newer() ? 1 : -1);
    CFDictionaryRef told =
        changed(state, key::kProtocol, protocol, key::kDriverVersion, is_newer() ? "99.0.0" : "0.0.1");
    CFRelease(state);
    std::memcpy(data, &told, sizeof told);
    return status;
}

OSStatus set(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
             const AudioObjectPropertyAddress* address, UInt32 qualifier_size, const void* qualifier,
             UInt32 size, const void* data) {
    if (address->mSelector != gecko::shm::kAttachProperty)
        return real.SetPropertyData(driver, object, client, address, qualifier_size, qualifier, size, data);
    CFDictionaryRef request = nullptr;
    std::memcpy(&request, data, sizeof request);
    // To a newer driver the app is older than itself, and the other way round.
    CFDictionaryRef heard = changed(
        request, key::kAbi, std::int64_t{gecko::shm::kProtocolVersion} + (is_newer() ? -1 : 1), nullptr, "");
    const OSStatus status = real.SetPropertyData(driver, object, client, address, qualifier_size, qualifier,
                                                 sizeof heard, &heard);
    CFRelease(heard);
    return status;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) void* OtherVersion_Create(CFAllocatorRef allocator,
                                                                            CFUUIDRef type) {
    auto* driver = static_cast<AudioServerPlugInDriverRef>(GeckoAudioDevice_Create(allocator, type));
    if (driver == nullptr) return nullptr;
    real = **driver;
    (*driver)->GetPropertyData = &get;
    (*driver)->SetPropertyData = &set;
    return driver;
}
