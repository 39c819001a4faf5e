#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "driver/device.hpp"
#include "driver/object_ids.hpp"

/// Every property of the driver's objects, in one table (property_table.cpp).
///
/// Whether a property is there, whether it can be set, how large it is, what it reads as and what setting it
/// does all follow from its row, so they cannot disagree. A value's size is the size of what its reader
/// returns; a list's is what its reader puts into a Reply.
namespace gecko::driver {

/// What is asked of a property, checked as far as it is the same for all of them.
struct Request {
    Device& device;
    AudioObjectID object;
    AudioObjectPropertyScope scope;
    pid_t client;                          ///< 0: the host itself, or unknown
    std::span<const std::byte> qualifier;  ///< as Property::qualifier says
    const void* data;  ///< what the caller's buffer holds, for the conversions, which read it; null when only
                       ///< the size is asked for
};

/// The caller's buffer. Takes whole items, all of one size, while they fit, and counts them all.
class Reply {
  public:
    Reply(void* data, std::size_t capacity) noexcept
        : data_(static_cast<std::byte*>(data)), capacity_(capacity) {}

    template <class Item>
    void put(const Item& item) noexcept {
        if (capacity_ - written_ >= sizeof(Item)) {
            std::memcpy(data_ + written_, &item, sizeof(Item));
            written_ += sizeof(Item);
        }
        wanted_ += sizeof(Item);
    }
    /// Bytes.
    [[nodiscard]] std::size_t written() const noexcept { return written_; }
    [[nodiscard]] std::size_t wanted() const noexcept { return wanted_; }

  private:
    std::byte* data_;
    std::size_t capacity_;
    std::size_t written_ = 0;
    std::size_t wanted_ = 0;
};

/// Where a property may be asked for; always of the main element.
enum class Scopes : std::uint8_t {
    any,    ///< global, input and output
    sides,  ///< input and output: it speaks of one side of the device
};

enum class Qualifier : std::uint8_t {
    none,     ///< ignored
    string,   ///< one CFString
    classes,  ///< any number of AudioClassIDs; none means all
};

struct Property {
    using Getter = OSStatus (*)(const Request& request, Reply& reply) noexcept;
    using Setter = OSStatus (*)(const Request& request, const void* data) noexcept;

    Objects objects;
    AudioObjectPropertySelector selector;
    Scopes scopes;
    Qualifier qualifier;
    const char* type;  ///< of the value or of an item, for people (docs/driver.md)
    UInt32 size;       ///< bytes; of one item in a list
    bool is_list;
    Getter get;
    Setter set;  ///< null: read only

    [[nodiscard]] constexpr bool has_scope(AudioObjectPropertyScope scope) const noexcept {
        return scope == kAudioObjectPropertyScopeInput || scope == kAudioObjectPropertyScopeOutput ||
               (scope == kAudioObjectPropertyScopeGlobal && scopes == Scopes::any);
    }
};

[[nodiscard]] std::span<const Property> property_table() noexcept;

/// The row of an object's property; null if the object has none at that address.
[[nodiscard]] const Property* find_property(AudioObjectID object,
                                            const AudioObjectPropertyAddress& address) noexcept;

}  // namespace gecko::driver
