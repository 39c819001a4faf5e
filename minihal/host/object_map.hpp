// Object IDs: those that clients see are the host's, each plug-in has its own.
#pragma once

#include <CoreAudio/AudioHardwareBase.h>

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace minihal {

// An object by its plug-in's index and the ID it has there.
struct LocalObject {
    size_t plug_in;
    AudioObjectID id;
    auto operator<=>(const LocalObject&) const = default;
};

// The control thread's.
class ObjectMap {
  public:
    // IDs count from `first`; servers that follow one another begin elsewhere, so that an ID from before a restart names
    // nothing instead of something else.
    explicit ObjectMap(AudioObjectID first) : first_(first) {}

    // The same ID for the same object for as long as the host lives. 0 stays 0.
    AudioObjectID global(const LocalObject& object);
    std::optional<LocalObject> local(AudioObjectID id) const;

    // Whether the values of a property are object IDs.
    static bool holds_objects(AudioObjectPropertySelector selector);
    // Turns a property's value, which plug_in gave, into what clients see. A plug-in has no owner of its own: clients see
    // the system object.
    void to_global(const LocalObject& owner, AudioObjectPropertySelector selector, std::span<uint8_t> value);

  private:
    AudioObjectID first_;
    std::vector<LocalObject> objects_;
    std::map<LocalObject, AudioObjectID> ids_;
};

}  // namespace minihal
