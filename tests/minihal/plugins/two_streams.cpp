// A tiny audio server plug-in: one device, two output streams (stereo and mono), which keeps what it is given.
#include "tests/minihal/plugins/two_streams.hpp"

#include <mach/mach_time.h>

#include <cmath>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace two_streams;

struct State {
    std::mutex mutex;
    AudioServerPlugInHostRef host = nullptr;
    Float64 rate = 48000;
    UInt32 starts = 0;
    UInt64 anchor = 0;
    UInt64 seed = 0;
    std::map<UInt32, std::string> clients;
    std::string heard_clients;
    std::string operations;
    std::vector<UInt8> heard[2];
};

State& state() {
    static auto& only = *new State;  // a plug-in is never taken down
    return only;
}

std::string text(CFStringRef string) {
    char buffer[256];
    return CFStringGetCString(string, buffer, sizeof buffer, kCFStringEncodingUTF8) != 0 ? buffer : "";
}
CFStringRef string(const std::string& characters) {
    return CFStringCreateWithCString(nullptr, characters.c_str(), kCFStringEncodingUTF8);
}

HRESULT query_interface(void* driver, REFIID uuid, LPVOID* out) {
    const auto wanted = CFUUIDGetUUIDBytes(kAudioServerPlugInDriverInterfaceUUID);
    if (std::memcmp(&uuid, &wanted, sizeof wanted) != 0) return E_NOINTERFACE;
    *out = driver;
    return S_OK;
}
ULONG count_reference(void*) {
    return 1;
}

OSStatus initialize(AudioServerPlugInDriverRef, AudioServerPlugInHostRef host) {
    state().host = host;
    return 0;
}
OSStatus create_device(AudioServerPlugInDriverRef, CFDictionaryRef, const AudioServerPlugInClientInfo*,
                       AudioObjectID*) {
    return kAudioHardwareUnsupportedOperationError;
}
OSStatus destroy_device(AudioServerPlugInDriverRef, AudioObjectID) {
    return kAudioHardwareUnsupportedOperationError;
}
OSStatus add_client(AudioServerPlugInDriverRef, AudioObjectID, const AudioServerPlugInClientInfo* info) {
    const std::scoped_lock lock(state().mutex);
    state().clients[info->mClientID] = text(info->mBundleID);
    return 0;
}
OSStatus remove_client(AudioServerPlugInDriverRef, AudioObjectID, const AudioServerPlugInClientInfo* info) {
    const std::scoped_lock lock(state().mutex);
    return state().clients.erase(info->mClientID) == 1 ? 0 : kAudioHardwareBadObjectError;
}

OSStatus perform(AudioServerPlugInDriverRef, AudioObjectID, UInt64 rate, void*) {
    const std::scoped_lock lock(state().mutex);
    if (state().starts > 0) return kAudioHardwareNotReadyError;  // a host stops IO first
    state().rate = static_cast<Float64>(rate);
    return 0;
}
OSStatus abort_change(AudioServerPlugInDriverRef, AudioObjectID, UInt64, void*) {
    return 0;
}

AudioStreamBasicDescription format(UInt32 channels) {
    const UInt32 size = channels * 4;
    return {state().rate,
            kAudioFormatLinearPCM,
            kAudioFormatFlagsNativeFloatPacked,
            size,
            1,
            size,
            channels,
            32,
            0};
}

template <typename T>
std::vector<UInt8> bytes(std::initializer_list<T> values) {
    std::vector<UInt8> all(values.size() * sizeof(T));
    if (!all.empty()) std::memcpy(all.data(), values.begin(), all.size());
    return all;
}

CFDictionaryRef heard() {
    auto* const list = CFDictionaryCreateMutable(nullptr, 0, &kCFTypeDictionaryKeyCallBacks,
                                                 &kCFTypeDictionaryValueCallBacks);
    const auto add = [list](CFStringRef key, CFTypeRef value) {
        CFDictionarySetValue(list, key, value);
        CFRelease(value);
    };
    auto& self = state();
    const auto data = [](const std::vector<UInt8>& from) {
        return CFDataCreate(nullptr, from.data(), static_cast<CFIndex>(from.size()));
    };
    add(CFSTR("stereo"), data(self.heard[0]));
    add(CFSTR("mono"), data(self.heard[1]));
    add(CFSTR("clients"), string(self.heard_clients));
    add(CFSTR("operations"), string(self.operations));
    return list;
}

CFTypeRef kept_note() {
    CFPropertyListRef note = nullptr;
    state().host->CopyFromStorage(state().host, CFSTR("note"), &note);
    return note != nullptr ? note : CFSTR("none");
}

// The value, or none for an unknown property. CF values are the caller's.
bool value_of(AudioObjectID object, const AudioObjectPropertyAddress& address, std::vector<UInt8>& value) {
    const bool input = address.mScope == kAudioObjectPropertyScopeInput;
    const auto channels = object == kStereoStream ? 2U : 1U;
    if (object == kAudioObjectPlugInObject) {
        switch (address.mSelector) {
            case kAudioObjectPropertyClass:
                value = bytes<UInt32>({kAudioPlugInClassID});
                return true;
            case kAudioObjectPropertyOwner:
                value = bytes<UInt32>({kAudioObjectUnknown});
                return true;
            case kAudioPlugInPropertyDeviceList:
                value = bytes({kDevice});
                return true;
            default:
                return false;
        }
    }
    if (object == kStereoStream || object == kMonoStream) {
        switch (address.mSelector) {
            case kAudioObjectPropertyClass:
                value = bytes<UInt32>({kAudioStreamClassID});
                return true;
            case kAudioObjectPropertyOwner:
                value = bytes({kDevice});
                return true;
            case kAudioStreamPropertyDirection:
                value = bytes<UInt32>({0});
                return true;
            case kAudioStreamPropertyStartingChannel:
                value = bytes<UInt32>({object == kStereoStream ? 1U : 3U});
                return true;
            case kAudioStreamPropertyVirtualFormat:
            case kAudioStreamPropertyPhysicalFormat:
                value = bytes({format(channels)});
                return true;
            default:
                return false;
        }
    }
    if (object != kDevice) return false;
    switch (address.mSelector) {
        case kAudioObjectPropertyClass:
            value = bytes<UInt32>({kAudioDeviceClassID});
            return true;
        case kAudioObjectPropertyOwner:
            value = bytes<UInt32>({kAudioObjectPlugInObject});
            return true;
        case kAudioObjectPropertyName:
            value = bytes<CFTypeRef>({CFSTR("Two Streams")});
            return true;
        case kAudioDevicePropertyDeviceUID:
            value = bytes<CFTypeRef>({CFSTR("TwoStreams_UID")});
            return true;
        case kAudioDevicePropertyStreams:
        case kAudioObjectPropertyOwnedObjects:
            value = input ? std::vector<UInt8>{} : bytes({kStereoStream, kMonoStream});
            return true;
        case kAudioDevicePropertyDeviceCanBeDefaultDevice:
            value = bytes<UInt32>({1});
            return true;
        case kAudioDevicePropertyDeviceIsRunning:
            value = bytes<UInt32>({state().starts > 0});
            return true;
        case kAudioDevicePropertyIsHidden:
            value = bytes<UInt32>({0});
            return true;
        case kAudioDevicePropertySafetyOffset:
            value = bytes<UInt32>({kSafetyOffset});
            return true;
        case kAudioDevicePropertyZeroTimeStampPeriod:
            value = bytes<UInt32>({kPeriod});
            return true;
        case kAudioDevicePropertyNominalSampleRate:
            value = bytes({state().rate});
            return true;
        case kAudioDevicePropertyAvailableNominalSampleRates:
            value = bytes<AudioValueRange>({{44100, 44100}, {48000, 48000}});
            return true;
        case kAudioObjectPropertyCustomPropertyInfoList:
            value = bytes<AudioServerPlugInCustomPropertyInfo>(
                {{kHeard, kAudioServerPlugInCustomPropertyDataTypeCFPropertyList, 0},
                 {kNote, kAudioServerPlugInCustomPropertyDataTypeCFString, 0}});
            return true;
        case kHeard:
            value = bytes<CFTypeRef>({heard()});
            return true;
        case kNote:
            value = bytes<CFTypeRef>({kept_note()});
            return true;
        case kUndeclared:
            value = bytes<UInt32>({1});
            return true;
        default:
            return false;
    }
}

Boolean has_property(AudioServerPlugInDriverRef, AudioObjectID object, pid_t,
                     const AudioObjectPropertyAddress* address) {
    std::vector<UInt8> value;
    const std::scoped_lock lock(state().mutex);
    return object == kDevice && (address->mSelector == kHeard || address->mSelector == kNote)
               ? 1
               : Boolean{value_of(object, *address, value)};
}
OSStatus is_settable(AudioServerPlugInDriverRef, AudioObjectID, pid_t,
                     const AudioObjectPropertyAddress* address, Boolean* out) {
    *out = address->mSelector == kNote || address->mSelector == kAudioDevicePropertyNominalSampleRate;
    return 0;
}
OSStatus get_size(AudioServerPlugInDriverRef, AudioObjectID object, pid_t,
                  const AudioObjectPropertyAddress* address, UInt32, const void*, UInt32* out) {
    if (object == kDevice && (address->mSelector == kHeard || address->mSelector == kNote)) {
        *out = sizeof(CFTypeRef);
        return 0;
    }
    std::vector<UInt8> value;
    const std::scoped_lock lock(state().mutex);
    if (!value_of(object, *address, value)) return kAudioHardwareUnknownPropertyError;
    *out = static_cast<UInt32>(value.size());
    return 0;
}
OSStatus get(AudioServerPlugInDriverRef, AudioObjectID object, pid_t,
             const AudioObjectPropertyAddress* address, UInt32, const void*, UInt32 room, UInt32* size,
             void* out) {
    std::vector<UInt8> value;
    const std::scoped_lock lock(state().mutex);
    if (!value_of(object, *address, value)) return kAudioHardwareUnknownPropertyError;
    if (value.size() > room) return kAudioHardwareBadPropertySizeError;
    if (!value.empty()) std::memcpy(out, value.data(), value.size());
    *size = static_cast<UInt32>(value.size());
    return 0;
}
OSStatus set(AudioServerPlugInDriverRef, AudioObjectID, pid_t, const AudioObjectPropertyAddress* address,
             UInt32, const void*, UInt32 size, const void* data) {
    auto& self = state();
    if (address->mSelector == kNote) {
        CFStringRef note = nullptr;
        if (size != sizeof note) return kAudioHardwareBadPropertySizeError;
        std::memcpy(&note, data, sizeof note);
        const AudioServerPlugInHostRef host = self.host;
        return host != nullptr ? host->WriteToStorage(host, CFSTR("note"), note)
                               : kAudioHardwareNotReadyError;
    }
    if (address->mSelector != kAudioDevicePropertyNominalSampleRate)
        return kAudioHardwareUnsupportedOperationError;
    Float64 rate = 0;
    if (size != sizeof rate) return kAudioHardwareBadPropertySizeError;
    std::memcpy(&rate, data, sizeof rate);
    if (rate != 44100 && rate != 48000) return kAudioHardwareIllegalOperationError;
    // Real plug-ins ask from another thread.
    std::thread([&self, rate] {
        self.host->RequestDeviceConfigurationChange(self.host, kDevice, static_cast<UInt64>(rate), nullptr);
    }).detach();
    return 0;
}

OSStatus start_io(AudioServerPlugInDriverRef, AudioObjectID, UInt32) {
    const std::scoped_lock lock(state().mutex);
    if (state().starts++ == 0) {
        state().anchor = mach_absolute_time();
        ++state().seed;
    }
    return 0;
}
OSStatus stop_io(AudioServerPlugInDriverRef, AudioObjectID, UInt32) {
    const std::scoped_lock lock(state().mutex);
    if (state().starts == 0) return kAudioHardwareNotRunningError;
    --state().starts;
    return 0;
}
OSStatus get_zero_time_stamp(AudioServerPlugInDriverRef, AudioObjectID, UInt32, Float64* sample_time,
                             UInt64* host_time, UInt64* seed) {
    mach_timebase_info_data_t base;
    mach_timebase_info(&base);
    const std::scoped_lock lock(state().mutex);
    const auto period = 1e9 * base.denom / base.numer / state().rate * kPeriod;
    const auto periods = std::floor(static_cast<Float64>(mach_absolute_time() - state().anchor) / period);
    *sample_time = periods * kPeriod;
    *host_time = state().anchor + static_cast<UInt64>(periods * period);
    *seed = state().seed;
    return 0;
}

OSStatus will_do(AudioServerPlugInDriverRef, AudioObjectID, UInt32, UInt32 operation, Boolean* will,
                 Boolean* in_place) {
    *will = operation == kAudioServerPlugInIOOperationProcessOutput ||
            operation == kAudioServerPlugInIOOperationWriteMix ||
            operation == kAudioServerPlugInIOOperationCycle;
    *in_place = 1;
    return 0;
}

void note_operation(char what, UInt32 operation, const AudioServerPlugInIOCycleInfo* info) {
    if (info->mIOCycleCounter != 1) return;
    state().operations += what;
    for (int shift = 24; shift >= 0; shift -= 8)
        state().operations += static_cast<char>(operation >> shift & 0xff);
    state().operations += ' ';
}

OSStatus begin(AudioServerPlugInDriverRef, AudioObjectID, UInt32, UInt32 operation, UInt32,
               const AudioServerPlugInIOCycleInfo* info) {
    const std::scoped_lock lock(state().mutex);
    note_operation('+', operation, info);
    return 0;
}
OSStatus end(AudioServerPlugInDriverRef, AudioObjectID, UInt32, UInt32 operation, UInt32,
             const AudioServerPlugInIOCycleInfo* info) {
    const std::scoped_lock lock(state().mutex);
    note_operation('-', operation, info);
    return 0;
}
OSStatus do_operation(AudioServerPlugInDriverRef, AudioObjectID, AudioObjectID stream, UInt32 client,
                      UInt32 operation, UInt32 frames, const AudioServerPlugInIOCycleInfo* info, void* main,
                      void*) {
    auto& self = state();
    const std::scoped_lock lock(self.mutex);
    note_operation('.', operation, info);
    if (operation == kAudioServerPlugInIOOperationProcessOutput) {
        const auto entry = self.clients.find(client);
        if (entry == self.clients.end()) return kAudioHardwareBadObjectError;
        if (self.heard_clients.find(entry->second) == std::string::npos)
            self.heard_clients += entry->second + " ";
    } else {
        const auto channels = stream == kStereoStream ? 2U : 1U;
        auto& to = self.heard[stream == kStereoStream ? 0 : 1];
        const auto* const from = static_cast<const UInt8*>(main);
        to.insert(to.end(), from, from + size_t{channels} * frames * 4);
        // Against the rules for real drivers, and a host must live through it.
        const AudioObjectPropertyAddress heard_address = {kHeard, kAudioObjectPropertyScopeGlobal, 0};
        self.host->PropertiesChanged(self.host, kDevice, 1, &heard_address);
    }
    return 0;
}

AudioServerPlugInDriverInterface table = {nullptr,
                                          query_interface,
                                          count_reference,
                                          count_reference,
                                          initialize,
                                          create_device,
                                          destroy_device,
                                          add_client,
                                          remove_client,
                                          perform,
                                          abort_change,
                                          has_property,
                                          is_settable,
                                          get_size,
                                          get,
                                          set,
                                          start_io,
                                          stop_io,
                                          get_zero_time_stamp,
                                          will_do,
                                          begin,
                                          do_operation,
                                          end};
AudioServerPlugInDriverInterface* driver = &table;

}  // namespace

extern "C" __attribute__((visibility("default"))) void* TwoStreams_Create(CFAllocatorRef, CFUUIDRef type) {
    return CFEqual(type, kAudioServerPlugInTypeUUID) != 0 ? static_cast<void*>(&driver) : nullptr;
}
