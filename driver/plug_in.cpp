#include "driver/plug_in.hpp"

namespace gecko::driver {

PlugIn* PlugIn::of(const void* ref) noexcept GECKO_NONBLOCKING {
    const auto* handle = static_cast<const Handle*>(ref);
    return handle != nullptr && handle->interface == interface() ? handle->plug_in : nullptr;
}

ULONG PlugIn::add_ref() noexcept {
    return references_.fetch_add(1, std::memory_order_relaxed) + 1;
}

ULONG PlugIn::release() noexcept {
    ULONG count = references_.load(std::memory_order_relaxed);
    while (count > 0 && !references_.compare_exchange_weak(count, count - 1, std::memory_order_relaxed)) {
    }
    return count > 0 ? count - 1 : 0;
}

OSStatus PlugIn::initialize(AudioServerPlugInHostRef host) noexcept {
    device_.initialize(host);
    if (calls_ == ControlCalls::thread && device_.control_queue().start_thread() != 0)
        return kAudioHardwareUnspecifiedError;
    return kAudioHardwareNoError;
}

}  // namespace gecko::driver
