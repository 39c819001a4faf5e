// Factories of plug-ins that do not work.
#include <CoreAudio/AudioServerPlugIn.h>

namespace {

HRESULT refuse(void*, REFIID, LPVOID* out) {
    *out = nullptr;
    return E_NOINTERFACE;
}
HRESULT agree(void* driver, REFIID, LPVOID* out) {
    *out = driver;
    return S_OK;
}
ULONG count_reference(void*) {
    return 1;
}
OSStatus fail(AudioServerPlugInDriverRef, AudioServerPlugInHostRef) {
    return kAudioHardwareNotReadyError;
}

constexpr AudioServerPlugInDriverInterface table_with(HRESULT (*query)(void*, REFIID, LPVOID*)) noexcept {
    AudioServerPlugInDriverInterface table{};
    table.QueryInterface = query;
    table.AddRef = count_reference;
    table.Release = count_reference;
    table.Initialize = fail;
    return table;
}

constinit AudioServerPlugInDriverInterface refusing_table = table_with(refuse);
constinit AudioServerPlugInDriverInterface failing_table = table_with(agree);
AudioServerPlugInDriverInterface* refusing = &refusing_table;
AudioServerPlugInDriverInterface* failing = &failing_table;

}  // namespace

#define FACTORY extern "C" __attribute__((visibility("default"))) void*

FACTORY ReturnsNull(CFAllocatorRef, CFUUIDRef) {
    return nullptr;
}
FACTORY RefusesTheInterface(CFAllocatorRef, CFUUIDRef) {
    return &refusing;
}
FACTORY FailsToInitialize(CFAllocatorRef, CFUUIDRef) {
    return &failing;
}
