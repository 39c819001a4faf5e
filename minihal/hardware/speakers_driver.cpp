// The AudioServerPlugIn interface of the simulated speakers.
#include <CoreAudio/AudioServerPlugIn.h>
#include <mach/mach_time.h>

#include <atomic>
#include <cstring>

#include "minihal/hardware/simulated_hardware.hpp"
#include "minihal/hardware/speakers.hpp"

namespace minihal {

namespace {

using namespace hardware;

// What a driver reference points to: first the function table, as COM has it.
struct Driver {
    AudioServerPlugInDriverInterface* table;
    std::atomic<uint32_t> references = 1;
    std::atomic<AudioServerPlugInHostRef> host = nullptr;
    Speakers speakers{};
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
    driver_of(driver)->host = host;
    return kAudioHardwareNoError;
}

OSStatus create_device(AudioServerPlugInDriverRef, CFDictionaryRef, const AudioServerPlugInClientInfo*,
                       AudioObjectID*) {
    return kAudioHardwareUnsupportedOperationError;
}

OSStatus destroy_device(AudioServerPlugInDriverRef, AudioObjectID) {
    return kAudioHardwareUnsupportedOperationError;
}

OSStatus device_or_error(AudioObjectID device) {
    return device == kDeviceObject ? kAudioHardwareNoError : kAudioHardwareBadObjectError;
}

OSStatus client_changed(AudioServerPlugInDriverRef, AudioObjectID device,
                        const AudioServerPlugInClientInfo*) {
    return device_or_error(device);
}

// The change action is the new rate in Hz.
OSStatus perform_change(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt64 rate, void*) {
    if (device != kDeviceObject) return kAudioHardwareBadObjectError;
    if (!Speakers::has_rate(static_cast<Float64>(rate))) return kAudioHardwareIllegalOperationError;
    driver_of(driver)->speakers.set_rate(static_cast<Float64>(rate));
    return kAudioHardwareNoError;
}

OSStatus abort_change(AudioServerPlugInDriverRef, AudioObjectID device, UInt64, void*) {
    return device_or_error(device);
}

Boolean has_property(AudioServerPlugInDriverRef, AudioObjectID object, pid_t,
                     const AudioObjectPropertyAddress* address) {
    return address != nullptr && Properties::has(object, *address) ? 1 : 0;
}

OSStatus is_property_settable(AudioServerPlugInDriverRef, AudioObjectID object, pid_t,
                              const AudioObjectPropertyAddress* address, Boolean* out) {
    if (address == nullptr || out == nullptr) return kAudioHardwareIllegalOperationError;
    bool settable = false;
    const auto status = Properties::settable(object, *address, settable);
    *out = settable ? 1 : 0;
    return status;
}

OSStatus get_property_data_size(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                                const AudioObjectPropertyAddress* address, UInt32, const void*, UInt32* out) {
    if (address == nullptr || out == nullptr) return kAudioHardwareIllegalOperationError;
    return Properties::size(driver_of(driver)->speakers, object, *address, *out);
}

OSStatus get_property_data(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                           const AudioObjectPropertyAddress* address, UInt32 qualifier_size,
                           const void* qualifier, UInt32 capacity, UInt32* out_size, void* out) {
    if (address == nullptr || out_size == nullptr || out == nullptr)
        return kAudioHardwareIllegalOperationError;
    CFStringRef text = nullptr;
    if (address->mSelector == kAudioPlugInPropertyTranslateUIDToDevice) {
        if (qualifier_size != sizeof text || qualifier == nullptr) return kAudioHardwareBadPropertySizeError;
        std::memcpy(&text, qualifier, sizeof text);
    }
    return Properties::get(driver_of(driver)->speakers, object, *address, text, capacity, *out_size, out);
}

// The rate is the one thing that can be set, alone or within a format.
OSStatus wanted_rate(const Speakers& speakers, AudioObjectID object,
                     const AudioObjectPropertyAddress& address, UInt32 size, const void* data,
                     Float64& rate) {
    bool settable = false;
    if (const auto status = Properties::settable(object, address, settable); status != 0) return status;
    if (!settable) return kAudioHardwareUnsupportedOperationError;
    if (object == kDeviceObject) {
        if (size != sizeof rate) return kAudioHardwareBadPropertySizeError;
        std::memcpy(&rate, data, sizeof rate);
        return Speakers::has_rate(rate) ? kAudioHardwareNoError : kAudioHardwareIllegalOperationError;
    }
    AudioStreamBasicDescription format;
    if (size != sizeof format) return kAudioHardwareBadPropertySizeError;
    std::memcpy(&format, data, sizeof format);
    AudioStreamBasicDescription own;
    uint32_t own_size = 0;
    Properties::get(speakers, object, address, nullptr, sizeof own, own_size, &own);
    rate = format.mSampleRate;
    own.mSampleRate = rate;
    const bool fits =
        Speakers::has_rate(rate) && format.mFormatID == own.mFormatID &&
        format.mFormatFlags == own.mFormatFlags && format.mBytesPerPacket == own.mBytesPerPacket &&
        format.mFramesPerPacket == own.mFramesPerPacket && format.mBytesPerFrame == own.mBytesPerFrame &&
        format.mChannelsPerFrame == own.mChannelsPerFrame && format.mBitsPerChannel == own.mBitsPerChannel;
    return fits ? kAudioHardwareNoError : kAudioDeviceUnsupportedFormatError;
}

OSStatus set_property_data(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t,
                           const AudioObjectPropertyAddress* address, UInt32, const void*, UInt32 size,
                           const void* data) {
    if (address == nullptr || data == nullptr) return kAudioHardwareIllegalOperationError;
    auto& self = *driver_of(driver);
    Float64 rate = 0.0;
    if (const auto status = wanted_rate(self.speakers, object, *address, size, data, rate); status != 0)
        return status;
    if (rate == self.speakers.rate()) return kAudioHardwareNoError;
    const AudioServerPlugInHostRef host = self.host;
    return host->RequestDeviceConfigurationChange(host, kDeviceObject, static_cast<UInt64>(rate), nullptr);
}

void notify_running(const Driver& driver) {
    const AudioObjectPropertyAddress address = {.mSelector = kAudioDevicePropertyDeviceIsRunning,
                                                .mScope = kAudioObjectPropertyScopeGlobal,
                                                .mElement = kAudioObjectPropertyElementMain};
    const AudioServerPlugInHostRef host = driver.host;
    host->PropertiesChanged(host, kDeviceObject, 1, &address);
}

OSStatus start_io(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32) {
    if (device != kDeviceObject) return kAudioHardwareBadObjectError;
    auto& self = *driver_of(driver);
    if (self.speakers.start_io(mach_absolute_time())) notify_running(self);
    return kAudioHardwareNoError;
}

OSStatus stop_io(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32) {
    if (device != kDeviceObject) return kAudioHardwareBadObjectError;
    auto& self = *driver_of(driver);
    if (self.speakers.stop_io()) notify_running(self);
    return kAudioHardwareNoError;
}

OSStatus get_zero_time_stamp(AudioServerPlugInDriverRef driver, AudioObjectID device, UInt32,
                             Float64* sample_time, UInt64* host_time, UInt64* seed) {
    if (device != kDeviceObject) return kAudioHardwareBadObjectError;
    const auto stamp = driver_of(driver)->speakers.zero_time_stamp(mach_absolute_time());
    *sample_time = stamp.sample_time;
    *host_time = stamp.host_time;
    *seed = stamp.seed;
    return kAudioHardwareNoError;
}

// Nobody hears what is written here: the host records the mix that it hands over.
OSStatus will_do_io_operation(AudioServerPlugInDriverRef, AudioObjectID device, UInt32, UInt32 operation,
                              Boolean* will_do, Boolean* in_place) {
    if (device != kDeviceObject) return kAudioHardwareBadObjectError;
    *will_do = operation == kAudioServerPlugInIOOperationWriteMix ? 1 : 0;
    *in_place = 1;
    return kAudioHardwareNoError;
}

OSStatus begin_or_end_io_operation(AudioServerPlugInDriverRef, AudioObjectID device, UInt32, UInt32, UInt32,
                                   const AudioServerPlugInIOCycleInfo*) {
    return device_or_error(device);
}

OSStatus do_io_operation(AudioServerPlugInDriverRef, AudioObjectID device, AudioObjectID stream, UInt32,
                         UInt32, UInt32, const AudioServerPlugInIOCycleInfo*, void*, void*) {
    if (device != kDeviceObject) return kAudioHardwareBadObjectError;
    return stream == kStreamObject ? kAudioHardwareNoError : kAudioHardwareBadStreamError;
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
