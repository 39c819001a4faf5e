// What the messages of message.hpp hold. Every decode() refuses a payload that is too short, too long, or holds values
// out of range.
#pragma once

#include <CoreAudio/AudioHardwareBase.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "minihal/wire/message.hpp"

namespace minihal::wire {

inline constexpr uint32_t kMagic = 0x6d48414c;  // "mHAL"
inline constexpr uint32_t kVersion = 3;         // both ends have the same one

inline constexpr uint32_t kMaxBufferFrames = 4096;
inline constexpr uint32_t kMinBufferFrames = 14;
inline constexpr uint32_t kMaxStreams = 16;
inline constexpr uint32_t kMaxChannels = 64;  // of one stream
inline constexpr uint32_t kMaxAddresses = 1024;
// Of one value that a client asks for.
inline constexpr uint32_t kMaxValueSize = 8u << 20;

// Which of a property's values are CF objects; those travel as binary property lists.
enum class ValueKind : uint32_t { kBytes, kString, kUrl, kPropertyList, kLast = kPropertyList };

struct PropertyKinds {
    ValueKind data = ValueKind::kBytes;
    ValueKind qualifier = ValueKind::kBytes;
};

// First message of a process's control connection. The reply holds `token`.
struct HelloControl {
    std::string bundle_id;  // or the program's name
};
// First message of an IO connection, which is one client of a device: a process's part in its cycles. The reply holds the
// client's ID (uint32_t).
struct HelloIo {
    uint64_t token;  // of the process's control connection
    AudioObjectID device;
};

// Any request about a property or a listener. Fields that a type has no use for are empty.
struct PropertyRequest {
    AudioObjectID object = kAudioObjectUnknown;
    AudioObjectPropertyAddress address{};
    std::vector<uint8_t> qualifier;  // as bytes or as a property list, by its kind
    uint32_t size = 0;               // bytes that the caller has room for
    std::vector<uint8_t> data;       // to set
};

// To start or stop a client's IO.
struct ClientRequest {
    uint32_t client;
};

// Which input streams a client wants to hear from now on, a bit for each; all until it says so.
struct InputsRequest {
    uint32_t client;
    uint32_t inputs;
};

// The answer to a request: the status, and where that is 0 the value.
struct Reply {
    OSStatus status = kAudioHardwareNoError;
    std::vector<uint8_t> value;
};

struct PropertiesChanged {
    AudioObjectID object;
    std::vector<AudioObjectPropertyAddress> addresses;
};

// Server to client: play this cycle.
struct Cycle {
    uint64_t number = 0;  // to be named in the answer
    uint32_t frames = 0;
    AudioTimeStamp now{};
    AudioTimeStamp input_time{};
    AudioTimeStamp output_time{};
    std::vector<uint32_t> channels;        // of each output stream
    std::vector<uint32_t> input_channels;  // of each input stream
    uint32_t inputs = 0;                   // those that are heard, a bit for each
    std::vector<float> input;              // what they hear, interleaved, one stream after the other
};

// Client to server: Float32, interleaved, one stream after the other.
struct CycleDone {
    uint64_t number = 0;
    std::span<const uint8_t> samples;  // within the payload
};

// The answer to kGetPropertyKinds; bytes where it is none.
PropertyKinds decode_kinds(const Reply& reply);

// The cycle as one hears it who wants no more than `inputs`.
Cycle narrowed(const Cycle& cycle, uint32_t inputs);

std::vector<uint8_t> encode(const HelloControl&);
std::vector<uint8_t> encode(const HelloIo&);
std::vector<uint8_t> encode(const PropertyRequest&);
std::vector<uint8_t> encode(const ClientRequest&);
std::vector<uint8_t> encode(const InputsRequest&);
std::vector<uint8_t> encode(const Reply&);
std::vector<uint8_t> encode(const PropertiesChanged&);
std::vector<uint8_t> encode(const Cycle&);
std::vector<uint8_t> encode(const CycleDone&);

template <typename T>
std::optional<T> decode(std::span<const uint8_t> payload) = delete;
// Also refuses another magic or version; `why` says which.
std::optional<HelloControl> decode_hello_control(std::span<const uint8_t> payload, std::string& why);
std::optional<HelloIo> decode_hello_io(std::span<const uint8_t> payload, std::string& why);
template <>
std::optional<PropertyRequest> decode(std::span<const uint8_t> payload);
template <>
std::optional<ClientRequest> decode(std::span<const uint8_t> payload);
template <>
std::optional<InputsRequest> decode(std::span<const uint8_t> payload);
template <>
std::optional<Reply> decode(std::span<const uint8_t> payload);
template <>
std::optional<PropertiesChanged> decode(std::span<const uint8_t> payload);
template <>
std::optional<Cycle> decode(std::span<const uint8_t> payload);
template <>
std::optional<CycleDone> decode(std::span<const uint8_t> payload);

}  // namespace minihal::wire
