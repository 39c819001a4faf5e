// The AudioServerPlugIn interface of the simulated hardware.
#include <CoreAudio/AudioServerPlugIn.h>
#include <mach/mach_time.h>

#include <atomic>
#include <cmath>
#include <cstring>

#include "minihal/hardware/properties.hpp"
#include "minihal/hardware/simulated_hardware.hpp"

namespace minihal {

namespace {

using namespace hardware;

// What a driver reference points to: first the function table, as COM has it.
struct Driver {
    AudioServerPlugInDriverInterface* table;
    std::atomic<uint32_t> references = 1;
    Hardware hardware{};
};

Driver* driver_of(AudioServerPlugInDriverRef reference) {
    return reinterpret_cast<Driver*>(reference);
}

bool same(REFIID left, CFUUIDRef right) {
    const auto bytes = CFUUIDGetUUIDBytes(right);
    return std::memcmp(&left, &bytes, sizeof bytes) == 0;
}

HRESULT query_interface(void* driver, REFIID uuid, LPVOID* out) {
    if (out == nullptr) return E_POINTER;
    if (!same(uuid, kAudioServerPlugInDriverInterfaceUUID) && !same(uuid, IUnknownUUID)) {
        *out = nullptr;
        return E_NOINTERFACE;
    }
    ++static_cast<Driver*>(driver)->references;
    *out = driver;
    return S_OK;
}

ULONG add_ref(void* driver) {
    return ++static_cast<Driver*>(driver)->references;
}

ULONG release(void* driver) {
    const auto left = --static_cast<Driver*>(driver)->references;
    if (left == 0) delete static_cast<Driver*>(driver);
    return left;
}

OSStatus initialize(AudioServerPlugInDriverRef driver, AudioServerPlugInHostRef host) {
    driver_of(driver)->hardware.connect(host);
    return kAudioHardwareNoError;
}

OSStatus create_device(AudioServerPlugInDriverRef, CFDictionaryRef, const AudioServerPlugInClientInfo*,
                       AudioObjectID*) {
    return kAudioHardwareUnsupportedOperationError;
}

OSStatus destroy_device(AudioServerPlugInDriverRef, AudioObjectID) {
    return kAudioHardwareUnsupportedOperationError;
}

std::shared_ptr<SimulatedDevice> device_of(AudioServerPlugInDriverRef driver, AudioObjectID device) {
    auto owner = driver_of(driver)->hardware.owner_of(device);
    return owner && owner->id(Object::kDevice) == device ? owner : nullptr;
}

OSStatus device_or_error(AudioServerPlugInDriverRef driver, AudioObjectID device) {
    return device_of(driver, device) ? kAudioHardwareNoError : kAudioHardwareBadObjectError;
}

OSStatus client_changed(AudioServerPlugInDriverRef driver, AudioObjectID device,
                        const AudioServerPlugInClientInfo*) {
    return device_or_error(driver, device);
}

OSStatus perform_change(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt64 action, void*) {
    const auto device = device_of(driver, id);
    return device ? Hardware::perform(*device, action) : OSStatus{kAudioHardwareBadObjectError};
}

OSStatus abort_change(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt64, void*) {
    return device_or_error(driver, device);
}

Boolean has_property(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                     const AudioObjectPropertyAddress* address) {
    return address != nullptr && Properties(driver_of(driver)->hardware, object, *address).has() ? 1 : 0;
}

OSStatus is_property_settable(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                              const AudioObjectPropertyAddress* address, Boolean* out) {
    if (address == nullptr || out == nullptr) return kAudioHardwareIllegalOperationError;
    bool settable = false;
    const auto status = Properties(driver_of(driver)->hardware, object, *address).settable(settable);
    *out = settable ? 1 : 0;
    return status;
}

OSStatus get_property_data_size(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                                const AudioObjectPropertyAddress* address, UInt32, const void*, UInt32* out) {
    if (address == nullptr || out == nullptr) return kAudioHardwareIllegalOperationError;
    return Properties(driver_of(driver)->hardware, object, *address).size(*out);
}

OSStatus get_property_data(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                           const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                           const void* qualifier, UInt32 capacity, UInt32* out_size, void* out) {
    if (address == nullptr || out_size == nullptr || out == nullptr)
        return kAudioHardwareIllegalOperationError;
    CFTypeRef text = nullptr;
    if (address->mSelector == kAudioPlugInPropertyTranslateUIDToDevice) {
        if (qualifier_size != sizeof text || qualifier == nullptr) return kAudioHardwareBadPropertySizeError;
        std::memcpy(&text, qualifier, sizeof text);
    }
    return Properties(driver_of(driver)->hardware, object, *address, text).get(capacity, *out_size, out);
}

OSStatus set_property_data(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                           const AudioObjectPropertyAddress* address, UInt32, const void*, UInt32 size,
                           const void* data) {
    if (address == nullptr || data == nullptr) return kAudioHardwareIllegalOperationError;
    return Properties(driver_of(driver)->hardware, object, *address)
        .set({static_cast<const uint8_t*>(data), size});
}

OSStatus start_io(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32) {
    const auto device = device_of(driver, id);
    if (!device) return kAudioHardwareBadObjectError;
    const auto begins = device->start_io(mach_absolute_time());
    if (!begins) return begins.error();
    if (*begins) driver_of(driver)->hardware.changed(id, {kAudioDevicePropertyDeviceIsRunning});
    return kAudioHardwareNoError;
}

OSStatus stop_io(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32) {
    const auto device = device_of(driver, id);
    if (!device) return kAudioHardwareBadObjectError;
    if (device->stop_io()) driver_of(driver)->hardware.changed(id, {kAudioDevicePropertyDeviceIsRunning});
    return kAudioHardwareNoError;
}

OSStatus get_zero_time_stamp(AudioServerPlugInDriverRef driver, AudioObjectID id, UInt32,
                             Float64* sample_time, UInt64* host_time, UInt64* seed) {
    const auto device = device_of(driver, id);
    if (!device) return kAudioHardwareBadObjectError;
    const auto stamp = device->zero_time_stamp(mach_absolute_time());
    if (!stamp) return kAudioHardwareNotReadyError;
    *sample_time = stamp->sample_time;
    *host_time = stamp->host_time;
    *seed = stamp->seed;
    return kAudioHardwareNoError;
}

// Nobody hears what is written here but a loopback's input: the host records the mix that it hands over.
OSStatus will_do_io_operation(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32,
                              UInt32 operation, Boolean* will_do, Boolean* in_place) {
    const bool ours = operation == kAudioServerPlugInIOOperationWriteMix ||
                      operation == kAudioServerPlugInIOOperationReadInput;
    *will_do = ours ? 1 : 0;
    *in_place = 1;
    return device_or_error(driver, device);
}

OSStatus begin_or_end_io_operation(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32, UInt32,
                                   UInt32, const AudioServerPlugInIOCycleInfo*) {
    return device_or_error(driver, device);
}

OSStatus do_io_operation(AudioServerPlugInDriverRef driver, AudioObjectID id, AudioObjectID stream, UInt32,
                         UInt32 operation, UInt32 frames, const AudioServerPlugInIOCycleInfo* cycle,
                         void* buffer, void*) {
    const auto device = device_of(driver, id);
    if (!device) return kAudioHardwareBadObjectError;
    auto* const samples = static_cast<float*>(buffer);
    const auto& options = device->options();
    if (stream == device->id(Object::kOutputStream)) {
        if (operation == kAudioServerPlugInIOOperationWriteMix)
            device->play(std::llround(cycle->mOutputTime.mSampleTime),
                         {samples, size_t{frames} * options.outputs});
        return kAudioHardwareNoError;
    }
    if (stream != device->id(Object::kInputStream)) return kAudioHardwareBadStreamError;
    if (operation == kAudioServerPlugInIOOperationReadInput)
        device->hear(std::llround(cycle->mInputTime.mSampleTime), {samples, size_t{frames} * options.inputs});
    return kAudioHardwareNoError;
}

AudioServerPlugInDriverInterface interface_table = {
    ._reserved = nullptr,
    .QueryInterface = query_interface,
    .AddRef = add_ref,
    .Release = release,
    .Initialize = initialize,
    .CreateDevice = create_device,
    .DestroyDevice = destroy_device,
    .AddDeviceClient = client_changed,
    .RemoveDeviceClient = client_changed,
    .PerformDeviceConfigurationChange = perform_change,
    .AbortDeviceConfigurationChange = abort_change,
    .HasProperty = has_property,
    .IsPropertySettable = is_property_settable,
    .GetPropertyDataSize = get_property_data_size,
    .GetPropertyData = get_property_data,
    .SetPropertyData = set_property_data,
    .StartIO = start_io,
    .StopIO = stop_io,
    .GetZeroTimeStamp = get_zero_time_stamp,
    .WillDoIOOperation = will_do_io_operation,
    .BeginIOOperation = begin_or_end_io_operation,
    .DoIOOperation = do_io_operation,
    .EndIOOperation = begin_or_end_io_operation,
};

}  // namespace

void* create_simulated_hardware(CFAllocatorRef, CFUUIDRef type) {
    if (type == nullptr || CFEqual(type, kAudioServerPlugInTypeUUID) == 0) return nullptr;
    return new Driver{.table = &interface_table};
}

}  // namespace minihal
