// The function table that the host calls through. Each function checks what the host hands over, and nothing
// else: what happens then is the device's and the properties'.
#include <cstring>

#include "driver/plug_in.hpp"
#include "driver/properties.hpp"

namespace gecko::driver {
namespace {

using Ref = AudioServerPlugInDriverRef;
using Address = AudioObjectPropertyAddress;
using Client = AudioServerPlugInClientInfo;
using Cycle = AudioServerPlugInIOCycleInfo;

constexpr CFUUIDBytes kUnknownInterface = {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                           0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46};
constexpr CFUUIDBytes kDriverInterface = {0xEE, 0xA5, 0x77, 0x3D, 0xCC, 0x43, 0x49, 0xF1,
                                          0x8E, 0x00, 0x8F, 0x96, 0xE7, 0xD2, 0x3B, 0x17};

bool same_uuid(const CFUUIDBytes& a, const CFUUIDBytes& b) noexcept {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

/// '!obj' for a foreign reference or an object that is not there, '!dev' for one that is no device.
OSStatus check_device(const void* ref, AudioObjectID object) noexcept GECKO_NONBLOCKING {
    if (PlugIn::of(ref) == nullptr || find_object(object) == nullptr) return kAudioHardwareBadObjectError;
    return object == kDeviceId ? OSStatus{kAudioHardwareNoError} : OSStatus{kAudioHardwareBadDeviceError};
}

// IUnknown

HRESULT QueryInterface(void* ref, REFIID uuid, LPVOID* interface) {
    if (interface == nullptr) return E_POINTER;
    *interface = nullptr;
    PlugIn* plug_in = PlugIn::of(ref);
    if (plug_in == nullptr) return E_HANDLE;
    if (!same_uuid(uuid, kUnknownInterface) && !same_uuid(uuid, kDriverInterface)) return E_NOINTERFACE;
    plug_in->add_ref();
    *interface = plug_in->ref();
    return S_OK;
}

ULONG AddRef(void* ref) {
    PlugIn* plug_in = PlugIn::of(ref);
    return plug_in != nullptr ? plug_in->add_ref() : 0;
}

ULONG Release(void* ref) {
    PlugIn* plug_in = PlugIn::of(ref);
    return plug_in != nullptr ? plug_in->release() : 0;
}

// Set-up

OSStatus Initialize(Ref ref, AudioServerPlugInHostRef host) {
    PlugIn* plug_in = PlugIn::of(ref);
    if (plug_in == nullptr) return kAudioHardwareBadObjectError;
    if (host == nullptr) return kAudioHardwareIllegalOperationError;
    return plug_in->initialize(host);
}

// Only a Transport Manager makes devices to order.
OSStatus CreateDevice(Ref ref, CFDictionaryRef, const Client*, AudioObjectID*) {
    if (PlugIn::of(ref) == nullptr) return kAudioHardwareBadObjectError;
    return kAudioHardwareUnsupportedOperationError;
}

OSStatus DestroyDevice(Ref ref, AudioObjectID) {
    if (PlugIn::of(ref) == nullptr) return kAudioHardwareBadObjectError;
    return kAudioHardwareUnsupportedOperationError;
}

OSStatus check_client(Ref ref, AudioObjectID device, const Client* client) noexcept {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    return client != nullptr ? OSStatus{kAudioHardwareNoError}
                             : OSStatus{kAudioHardwareIllegalOperationError};
}

OSStatus AddDeviceClient(Ref ref, AudioObjectID device, const Client* client) {
    if (const OSStatus bad = check_client(ref, device, client)) return bad;
    PlugIn::of(ref)->device().add_client(*client);
    return kAudioHardwareNoError;
}

OSStatus RemoveDeviceClient(Ref ref, AudioObjectID device, const Client* client) {
    if (const OSStatus bad = check_client(ref, device, client)) return bad;
    PlugIn::of(ref)->device().remove_client(client->mClientID);
    return kAudioHardwareNoError;
}

OSStatus PerformDeviceConfigurationChange(Ref ref, AudioObjectID device, UInt64 action, void*) {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    return PlugIn::of(ref)->device().perform_change(action);
}

OSStatus AbortDeviceConfigurationChange(Ref ref, AudioObjectID device, UInt64 action, void*) {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    return PlugIn::of(ref)->device().abort_change(action);
}

// Properties

/// '!obj' for a foreign reference, 'nope' if one of the pointers that must not be null is.
template <class... Pointers>
OSStatus check_property_call(Ref ref, const Pointers*... pointers) noexcept {
    if (PlugIn::of(ref) == nullptr) return kAudioHardwareBadObjectError;
    return ((pointers != nullptr) && ...) ? OSStatus{kAudioHardwareNoError}
                                          : OSStatus{kAudioHardwareIllegalOperationError};
}

Boolean HasProperty(Ref ref, AudioObjectID object, pid_t, const Address* address) {
    return check_property_call(ref, address) == kAudioHardwareNoError && has_property(object, *address);
}

OSStatus IsPropertySettable(Ref ref, AudioObjectID object, pid_t, const Address* address, Boolean* settable) {
    if (const OSStatus bad = check_property_call(ref, address, settable)) return bad;
    return is_property_settable(object, *address, *settable);
}

OSStatus GetPropertyDataSize(Ref ref, AudioObjectID object, pid_t client, const Address* address,
                             UInt32 qualifier_size, const void* qualifier, UInt32* size) {
    if (const OSStatus bad = check_property_call(ref, address, size)) return bad;
    return get_property_size(PlugIn::of(ref)->device(), object, client, *address, {qualifier_size, qualifier},
                             *size);
}

OSStatus GetPropertyData(Ref ref, AudioObjectID object, pid_t client, const Address* address,
                         UInt32 qualifier_size, const void* qualifier, UInt32 capacity, UInt32* written,
                         void* data) {
    if (const OSStatus bad = check_property_call(ref, address, written, data)) return bad;
    return get_property(PlugIn::of(ref)->device(), object, client, *address, {qualifier_size, qualifier},
                        capacity, *written, data);
}

OSStatus SetPropertyData(Ref ref, AudioObjectID object, pid_t client, const Address* address, UInt32,
                         const void*, UInt32 size, const void* data) {
    if (const OSStatus bad = check_property_call(ref, address, data)) return bad;
    return set_property(PlugIn::of(ref)->device(), object, client, *address, {size, data});
}

// IO. StartIO and StopIO come on control threads, the others on the IO thread.

OSStatus StartIO(Ref ref, AudioObjectID device, UInt32) {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    return PlugIn::of(ref)->device().start_io();
}

OSStatus StopIO(Ref ref, AudioObjectID device, UInt32) {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    return PlugIn::of(ref)->device().stop_io();
}

OSStatus GetZeroTimeStamp(Ref ref, AudioObjectID device, UInt32, Float64* sample_time, UInt64* host_time,
                          UInt64* seed) noexcept GECKO_NONBLOCKING {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    if (sample_time == nullptr || host_time == nullptr || seed == nullptr)
        return kAudioHardwareIllegalOperationError;
    ZeroTimeStamp stamp{};
    if (const OSStatus bad = PlugIn::of(ref)->device().zero_time_stamp(stamp)) return bad;
    *sample_time = stamp.sample_time;
    *host_time = stamp.host_time;
    *seed = stamp.seed;
    return kAudioHardwareNoError;
}

// Hosts ask only when IO starts. ProcessOutput, where each application's audio comes by before it is mixed, is
// therefore always said yes to, whether somebody is attached yet or not.
constexpr bool takes_part_in(UInt32 operation) noexcept {
    return operation == kAudioServerPlugInIOOperationProcessOutput ||
           operation == kAudioServerPlugInIOOperationWriteMix;
}

OSStatus WillDoIOOperation(Ref ref, AudioObjectID device, UInt32, UInt32 operation, Boolean* will_do,
                           Boolean* in_place) noexcept GECKO_NONBLOCKING {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    if (will_do == nullptr || in_place == nullptr) return kAudioHardwareIllegalOperationError;
    *will_do = takes_part_in(operation);
    *in_place = true;
    return kAudioHardwareNoError;
}

OSStatus BeginIOOperation(Ref ref, AudioObjectID device, UInt32, UInt32, UInt32,
                          const Cycle*) noexcept GECKO_NONBLOCKING {
    return check_device(ref, device);
}

OSStatus DoIOOperation(Ref ref, AudioObjectID device, AudioObjectID stream, UInt32 client, UInt32 operation,
                       UInt32 frames, const Cycle* cycle, void* buffer, void*) noexcept GECKO_NONBLOCKING {
    if (const OSStatus bad = check_device(ref, device)) return bad;
    if (stream != kStreamId) return kAudioHardwareBadStreamError;
    if (!takes_part_in(operation)) return kAudioHardwareUnsupportedOperationError;
    if (cycle == nullptr || buffer == nullptr) return kAudioHardwareIllegalOperationError;
    Device& played = PlugIn::of(ref)->device();
    const auto* pcm = static_cast<const float*>(buffer);
    return operation == kAudioServerPlugInIOOperationWriteMix
               ? played.write_mix(*cycle, pcm, frames)
               : played.process_output(client, *cycle, pcm, frames);
}

OSStatus EndIOOperation(Ref ref, AudioObjectID device, UInt32, UInt32, UInt32,
                        const Cycle*) noexcept GECKO_NONBLOCKING {
    return check_device(ref, device);
}

}  // namespace

// By position: it is the order that the host relies on.
constinit AudioServerPlugInDriverInterface PlugIn::interface_ = {
    nullptr,
    &QueryInterface,
    &AddRef,
    &Release,
    &Initialize,
    &CreateDevice,
    &DestroyDevice,
    &AddDeviceClient,
    &RemoveDeviceClient,
    &PerformDeviceConfigurationChange,
    &AbortDeviceConfigurationChange,
    &HasProperty,
    &IsPropertySettable,
    &GetPropertyDataSize,
    &GetPropertyData,
    &SetPropertyData,
    &StartIO,
    &StopIO,
    &GetZeroTimeStamp,
    &WillDoIOOperation,
    &BeginIOOperation,
    &DoIOOperation,
    &EndIOOperation,
};

}  // namespace gecko::driver
