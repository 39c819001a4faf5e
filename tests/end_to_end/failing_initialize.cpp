// The driver with an Initialize that fails.
#include <CoreAudio/AudioServerPlugIn.h>

extern "C" void* GeckoAudioDevice_Create(CFAllocatorRef allocator, CFUUIDRef type);

namespace {

OSStatus fail(AudioServerPlugInDriverRef, AudioServerPlugInHostRef) {
    return kAudioHardwareUnspecifiedError;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) void* FailingInitialize_Create(CFAllocatorRef allocator,
                                                                                 CFUUIDRef type) {
    auto* driver = static_cast<AudioServerPlugInDriverRef>(GeckoAudioDevice_Create(allocator, type));
    if (driver != nullptr) (*driver)->Initialize = &fail;
    return driver;
}
