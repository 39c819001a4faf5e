// AudioObject...: properties and listeners.
#include <CoreAudio/AudioHardware.h>

#include <algorithm>
#include <cstring>

#include "minihal/client/client_library.hpp"
#include "minihal/client/stream_usage.hpp"
#include "minihal/wire/cf_value.hpp"

namespace stream_usage = minihal::stream_usage;

namespace {

using minihal::client_library;
using minihal::wire::MessageType;
using minihal::wire::PropertyRequest;
using minihal::wire::Reply;
using minihal::wire::ValueKind;

// A value in the caller's memory as it travels: a CF object as a property list. Nothing when it is of another type.
std::optional<std::vector<uint8_t>> packed_value(ValueKind kind, const void* data, UInt32 size) {
    if (kind == ValueKind::kBytes || size == 0 || data == nullptr) {
        const auto* const first = static_cast<const uint8_t*>(data);
        return data != nullptr ? std::vector<uint8_t>(first, first + size) : std::vector<uint8_t>{};
    }
    CFTypeRef object = nullptr;
    if (size != sizeof object) return std::nullopt;
    std::memcpy(&object, data, sizeof object);
    return minihal::wire::encode_cf(kind, object);
}

Reply send(MessageType type, const PropertyRequest& request) {
    return client_library().request(type, request);
}

// The answer to a question with a value of fixed size.
template <typename T>
OSStatus ask(MessageType type, const PropertyRequest& request, T& value) {
    const auto reply = send(type, request);
    if (reply.status != kAudioHardwareNoError) return reply.status;
    if (reply.value.size() != sizeof value) return kAudioHardwareUnspecifiedError;
    std::memcpy(&value, reply.value.data(), sizeof value);
    return kAudioHardwareNoError;
}

PropertyRequest about(AudioObjectID object, const AudioObjectPropertyAddress& address) {
    return {.object = object, .address = address, .qualifier = {}, .size = 0, .data = {}};
}

// The properties whose getter takes its input from where it puts its result.
bool is_conversion(AudioObjectPropertySelector selector) {
    return selector == kAudioLevelControlPropertyConvertDecibelsToScalar ||
           selector == kAudioLevelControlPropertyConvertScalarToDecibels ||
           selector == kAudioDevicePropertyVolumeScalarToDecibels ||
           selector == kAudioDevicePropertyVolumeDecibelsToScalar;
}

}  // namespace

Boolean AudioObjectHasProperty(AudioObjectID inObjectID, const AudioObjectPropertyAddress* inAddress) {
    Boolean has = 0;
    if (inAddress != nullptr && stream_usage::is_it(*inAddress))
        return stream_usage::size(inObjectID, *inAddress) > 0 ? 1 : 0;
    if (inAddress != nullptr) ask(MessageType::kHasProperty, about(inObjectID, *inAddress), has);
    return has;
}

OSStatus AudioObjectIsPropertySettable(AudioObjectID inObjectID, const AudioObjectPropertyAddress* inAddress,
                                       Boolean* outIsSettable) {
    if (inAddress == nullptr || outIsSettable == nullptr) return kAudioHardwareIllegalOperationError;
    if (stream_usage::is_it(*inAddress)) {
        *outIsSettable = 1;
        return stream_usage::size(inObjectID, *inAddress) > 0 ? OSStatus{kAudioHardwareNoError}
                                                              : OSStatus{kAudioHardwareUnknownPropertyError};
    }
    return ask(MessageType::kIsPropertySettable, about(inObjectID, *inAddress), *outIsSettable);
}

OSStatus AudioObjectGetPropertyDataSize(AudioObjectID inObjectID, const AudioObjectPropertyAddress* inAddress,
                                        UInt32 inQualifierDataSize, const void* inQualifierData,
                                        UInt32* outDataSize) {
    if (inAddress == nullptr || outDataSize == nullptr) return kAudioHardwareIllegalOperationError;
    if (stream_usage::is_it(*inAddress)) {
        *outDataSize = stream_usage::size(inObjectID, *inAddress);
        return *outDataSize > 0 ? OSStatus{kAudioHardwareNoError}
                                : OSStatus{kAudioHardwareUnknownPropertyError};
    }
    auto request = about(inObjectID, *inAddress);
    const auto kinds = client_library().kinds(inObjectID, *inAddress);
    auto qualifier = packed_value(kinds.qualifier, inQualifierData, inQualifierDataSize);
    if (!qualifier) return kAudioHardwareBadPropertySizeError;
    request.qualifier = std::move(*qualifier);
    return ask(MessageType::kGetPropertyDataSize, request, *outDataSize);
}

OSStatus AudioObjectGetPropertyData(AudioObjectID inObjectID, const AudioObjectPropertyAddress* inAddress,
                                    UInt32 inQualifierDataSize, const void* inQualifierData,
                                    UInt32* ioDataSize, void* outData) {
    if (inAddress == nullptr || ioDataSize == nullptr || outData == nullptr) {
        return kAudioHardwareIllegalOperationError;
    }
    if (stream_usage::is_it(*inAddress))
        return stream_usage::get(inObjectID, *inAddress, *ioDataSize, outData);
    auto request = about(inObjectID, *inAddress);
    const auto kinds = client_library().kinds(inObjectID, *inAddress);
    auto qualifier = packed_value(kinds.qualifier, inQualifierData, inQualifierDataSize);
    if (!qualifier) return kAudioHardwareBadPropertySizeError;
    request.qualifier = std::move(*qualifier);
    request.size = std::min(*ioDataSize, minihal::wire::kMaxValueSize);
    if (is_conversion(inAddress->mSelector)) {
        const auto* const input = static_cast<const uint8_t*>(outData);
        request.data.assign(input, input + request.size);
    }
    const auto reply = send(MessageType::kGetPropertyData, request);
    if (reply.status != kAudioHardwareNoError) return reply.status;
    if (kinds.data == ValueKind::kBytes) {
        if (reply.value.size() > *ioDataSize) return kAudioHardwareUnspecifiedError;
        if (!reply.value.empty()) std::memcpy(outData, reply.value.data(), reply.value.size());
        *ioDataSize = static_cast<UInt32>(reply.value.size());
        return kAudioHardwareNoError;
    }
    auto object = minihal::wire::decode_cf(kinds.data, reply.value);
    if (!object) return kAudioHardwareUnspecifiedError;
    const CFTypeRef owned = object->release();
    std::memcpy(outData, &owned, sizeof owned);
    *ioDataSize = sizeof owned;
    return kAudioHardwareNoError;
}

OSStatus AudioObjectSetPropertyData(AudioObjectID inObjectID, const AudioObjectPropertyAddress* inAddress,
                                    UInt32 inQualifierDataSize, const void* inQualifierData,
                                    UInt32 inDataSize, const void* inData) {
    if (inAddress == nullptr || inData == nullptr) return kAudioHardwareIllegalOperationError;
    if (inDataSize > minihal::wire::kMaxValueSize) return kAudioHardwareBadPropertySizeError;
    if (stream_usage::is_it(*inAddress)) return stream_usage::set(inObjectID, *inAddress, inDataSize, inData);
    auto request = about(inObjectID, *inAddress);
    const auto kinds = client_library().kinds(inObjectID, *inAddress);
    auto qualifier = packed_value(kinds.qualifier, inQualifierData, inQualifierDataSize);
    auto data = packed_value(kinds.data, inData, inDataSize);
    if (!qualifier || !data) return kAudioHardwareBadPropertySizeError;
    request.qualifier = std::move(*qualifier);
    request.data = std::move(*data);
    return send(MessageType::kSetPropertyData, request).status;
}

OSStatus AudioObjectAddPropertyListener(AudioObjectID inObjectID, const AudioObjectPropertyAddress* inAddress,
                                        AudioObjectPropertyListenerProc inListener, void* inClientData) {
    if (inAddress == nullptr || inListener == nullptr) return kAudioHardwareIllegalOperationError;
    return client_library().add_listener(
        {.object = inObjectID, .address = *inAddress, .proc = inListener, .client_data = inClientData});
}

OSStatus AudioObjectRemovePropertyListener(AudioObjectID inObjectID,
                                           const AudioObjectPropertyAddress* inAddress,
                                           AudioObjectPropertyListenerProc inListener, void* inClientData) {
    if (inAddress == nullptr || inListener == nullptr) return kAudioHardwareIllegalOperationError;
    return client_library().remove_listener(
        {.object = inObjectID, .address = *inAddress, .proc = inListener, .client_data = inClientData});
}
