// The plug-in that is checked, in the child process that it is loaded into.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "minihal/halval/check.hpp"
#include "minihal/halval/contract.hpp"
#include "minihal/halval/recording_host.hpp"
#include "minihal/host/address.hpp"
#include "minihal/host/bundle.hpp"

namespace minihal::halval {

using Bytes = std::vector<std::uint8_t>;

struct Object {
    AudioObjectID id = kAudioObjectUnknown;
    AudioObjectID found_in = kAudioObjectUnknown;  // the object that lists it
    AudioObjectID device = kAudioObjectUnknown;    // the device that it belongs to, itself included
    AudioClassID class_id = 0;
    AudioClassID base_class = 0;
    Sorts sort = 0;
    bool is(Sorts sorts) const { return (sort & sorts) != 0; }
};

// What a property call gave.
struct Got {
    OSStatus status;
    UInt32 size;   // that the plug-in reports
    Bytes bytes;   // the caller's buffer afterwards
    bool overrun;  // it wrote behind the buffer
    bool written;  // it wrote into the buffer
    template <typename T>
    std::optional<T> as() const {
        if (status != 0 || bytes.size() < sizeof(T)) return std::nullopt;
        T value;
        std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
};

// A property that an object declares as its own, with a CF value.
struct Declared {
    AudioObjectID object;
    PropertyRule rule;
};

// What a plug-in announces is believed up to here. Bytes.
inline constexpr UInt32 kMostBytes = 1U << 20;

class Subject {
  public:
    Subject(const BundleInfo& bundle, int patience_seconds);
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    // Brings the plug-in to a stage. The error is what stood in the way.
    std::optional<std::string> reach(Stage stage);

    const BundleInfo& bundle() const { return bundle_; }
    Factory factory() const { return factory_; }
    AudioServerPlugInDriverRef driver() const { return driver_; }
    const AudioServerPlugInDriverInterface& calls() const { return **driver_; }
    RecordingHost& host() { return host_; }

    std::span<const Object> objects() const { return objects_; }
    std::vector<Object> objects(Sorts sorts) const;
    std::vector<Object> objects_of(AudioObjectID device, Sorts sorts) const;
    // What is listed and does not even have a class: no objects.
    std::span<const Object> ghosts() const { return ghosts_; }
    std::span<const Declared> declared() const { return declared_; }
    // "stream 7".
    std::string name(const Object& object) const;
    // An ID that no object has.
    AudioObjectID unused_id() const;

    // Properties. A CF value that comes back is not released: what a check reads may be read by the next again, whoever
    // owns it.
    bool has(AudioObjectID object, const AudioObjectPropertyAddress& address) const;
    OSStatus settable(AudioObjectID object, const AudioObjectPropertyAddress& address, bool& is) const;
    // No more than kMostBytes.
    OSStatus size(AudioObjectID object, const AudioObjectPropertyAddress& address, const Bytes& qualifier,
                  UInt32& bytes) const;
    // With a buffer of `capacity` bytes that begins with `input`.
    Got get(AudioObjectID object, const AudioObjectPropertyAddress& address, const Bytes& qualifier,
            size_t capacity, const Bytes& input = {}) const;
    OSStatus set(AudioObjectID object, const AudioObjectPropertyAddress& address, const Bytes& value) const;

    // What the contract lets a caller pass along, valid for the object.
    Bytes qualifier_for(const Object& object, Takes takes) const;
    Bytes input_for(const Object& object, Takes takes) const;

    template <typename T>
    std::optional<T> value(AudioObjectID object, const AudioObjectPropertyAddress& address) const {
        return get(object, address, {}, sizeof(T)).template as<T>();
    }
    template <typename T>
    std::vector<T> list(AudioObjectID object, const AudioObjectPropertyAddress& address,
                        const Bytes& qualifier = {}) const {
        UInt32 bytes = 0;
        if (!has(object, address) || size(object, address, qualifier, bytes) != 0) return {};
        const auto got = get(object, address, qualifier, bytes, Bytes(bytes));
        if (got.status != 0) return {};
        std::vector<T> items(std::min<size_t>(got.size, bytes) / sizeof(T));
        if (!items.empty()) std::memcpy(items.data(), got.bytes.data(), items.size() * sizeof(T));
        return items;
    }
    std::optional<std::string> text(AudioObjectID object, const AudioObjectPropertyAddress& address,
                                    const Bytes& qualifier = {}) const;

  private:
    void walk();
    void find_declared(const Object& object);
    std::optional<std::string> reach_next(Stage stage);

    BundleInfo bundle_;
    RecordingHost host_;
    Stage stage_ = Stage::kNothing;
    Factory factory_ = nullptr;
    AudioServerPlugInDriverRef driver_ = nullptr;
    std::vector<Object> objects_;
    std::vector<Object> ghosts_;
    std::vector<Declared> declared_;
};

template <typename T>
Bytes bytes_of(const T& value) {
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

// 'abcd', and "'abcd' (output)" with a scope or an element that is not the usual one.
std::string four(UInt32 code);
std::string text_of(const AudioObjectPropertyAddress& address);

}  // namespace minihal::halval
