// The driver with an empty WriteMix: what a test of the whole path must notice.
#include <CoreAudio/AudioServerPlugIn.h>

extern "C" void* GeckoAudioDevice_Create(CFAllocatorRef allocator, CFUUIDRef type);

namespace {

OSStatus do_nothing(AudioServerPlugInDriverRef, AudioObjectID, AudioObjectID, UInt32, UInt32, UInt32,
                    const AudioServerPlugInIOCycleInfo*, void*, void*) {
    return kAudioHardwareNoError;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) void* EmptyWriteMix_Create(CFAllocatorRef allocator,
                                                                             CFUUIDRef type) {
    auto* driver = static_cast<AudioServerPlugInDriverRef>(GeckoAudioDevice_Create(allocator, type));
    if (driver != nullptr) (*driver)->DoIOOperation = &do_nothing;
    return driver;
}
