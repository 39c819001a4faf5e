// The plug-in's properties, as data: a row for each property of each kind of object.
#pragma once

#include <CoreAudio/AudioHardware.h>
#include <CoreAudio/AudioServerPlugIn.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "minihal/hardware/hardware.hpp"

namespace minihal::hardware {

using Bytes = std::vector<uint8_t>;

template <typename T>
void put(Bytes& out, const T& value) {
    const auto* const first = reinterpret_cast<const uint8_t*>(&value);
    out.insert(out.end(), first, first + sizeof value);
}
template <typename T>
bool take(std::span<const uint8_t> bytes, T& value) {
    if (bytes.size() != sizeof value) return false;
    std::memcpy(&value, bytes.data(), sizeof value);
    return true;
}

// What is asked about. Device properties may rely on `device`, those of the plug-in may not.
struct Subject {
    Hardware& hardware;
    SimulatedDevice* device;
    Object object;
    const AudioObjectPropertyAddress& address;
    CFTypeRef qualifier;
    std::span<const uint8_t> input_value;  // of a conversion

    // The side that a stream is on, or that an address asks for.
    bool input() const {
        return object == Object::kInputStream || address.mScope == kAudioObjectPropertyScopeInput;
    }
    AudioObjectID id(Object which) const { return device->id(which); }
};

// Whether the property exists in the global scope, or on the device's two sides only.
enum class Scopes { kAny, kSides };

struct Property {
    Object object;
    AudioObjectPropertySelector selector;
    // One of the two: bytes, or a CF object that the caller owns.
    void (*get)(const Subject&, Bytes&) = nullptr;
    plist::CfRef (*get_object)(const Subject&) = nullptr;
    OSStatus (*set)(const Subject&, std::span<const uint8_t>) = nullptr;
    Scopes scopes = Scopes::kAny;
    uint32_t element =
        0;  // bytes; a list of these is cut to what the caller has room for, everything else must fit
};

constexpr Property bytes(Object object, AudioObjectPropertySelector selector,
                         void (*get)(const Subject&, Bytes&), Scopes scopes = Scopes::kAny) {
    return {.object = object, .selector = selector, .get = get, .scopes = scopes};
}
constexpr Property list(Object object, AudioObjectPropertySelector selector,
                        void (*get)(const Subject&, Bytes&), uint32_t element = sizeof(AudioObjectID)) {
    return {.object = object, .selector = selector, .get = get, .element = element};
}
constexpr Property settable(Object object, AudioObjectPropertySelector selector,
                            void (*get)(const Subject&, Bytes&),
                            OSStatus (*set)(const Subject&, std::span<const uint8_t>)) {
    return {.object = object, .selector = selector, .get = get, .set = set};
}
constexpr Property object(Object object, AudioObjectPropertySelector selector,
                          plist::CfRef (*get)(const Subject&)) {
    return {.object = object, .selector = selector, .get_object = get};
}

// Getters that tables share.
template <uint32_t kValue>
void constant(const Subject&, Bytes& out) {
    put(out, kValue);
}
inline void no_objects(const Subject&, Bytes&) {}
inline void device_object(const Subject& subject, Bytes& out) {
    put(out, subject.id(Object::kDevice));
}

std::span<const Property> plug_in_properties();
std::span<const Property> device_properties();
std::span<const Property> aggregate_properties();
std::span<const Property> output_stream_properties();
std::span<const Property> input_stream_properties();
std::span<const Property> control_properties();

// The functions of the driver interface.
class Properties {
  public:
    Properties(Hardware& hardware, AudioObjectID object, const AudioObjectPropertyAddress& address,
               CFTypeRef qualifier = nullptr);
    bool has() const { return property_ != nullptr; }
    OSStatus settable(bool& settable) const;
    OSStatus size(uint32_t& size) const;
    OSStatus get(uint32_t capacity, uint32_t& size, void* data);
    OSStatus set(std::span<const uint8_t> data) const;

  private:
    std::shared_ptr<SimulatedDevice> device_;
    Subject subject_;
    const Property* property_ = nullptr;
    OSStatus missing_ = kAudioHardwareBadObjectError;
};

}  // namespace minihal::hardware
