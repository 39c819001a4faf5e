// What the bundle exports: the factory that Info.plist names.
#include <CoreFoundation/CoreFoundation.h>

#include <cstring>

#include "driver/plug_in.hpp"

namespace gecko::driver {
namespace {

/// Constructed when the bundle is loaded, without code that runs then, and never destroyed: the host keeps a
/// plug-in for as long as it lives, and the control thread outlasts what runs at exit.
union Immortal {
    constexpr Immortal() noexcept : plug_in(ControlCalls::thread) {}
    ~Immortal() {}
    PlugIn plug_in;
};
constinit Immortal immortal;

constexpr CFUUIDBytes kPlugInType = {0x44, 0x3A, 0xBA, 0xB8, 0xE7, 0xB3, 0x49, 0x1A,
                                     0xB9, 0x85, 0xBE, 0xB9, 0x18, 0x70, 0x30, 0xDB};

}  // namespace
}  // namespace gecko::driver

/// The plug-in, with a reference for the caller, if `type` is that of an AudioServerPlugIn; null otherwise.
extern "C" __attribute__((visibility("default"))) void* GeckoAudioDevice_Create(CFAllocatorRef,
                                                                                CFUUIDRef type) {
    using namespace gecko::driver;
    if (type == nullptr) return nullptr;
    const CFUUIDBytes bytes = ::CFUUIDGetUUIDBytes(type);
    if (std::memcmp(&bytes, &kPlugInType, sizeof bytes) != 0) return nullptr;
    immortal.plug_in.add_ref();
    return immortal.plug_in.ref();
}
