// The default devices: who they are, who may be, and who takes over.
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <span>
#include <string>
#include <vector>

#include "minihal/host/registry.hpp"
#include "minihal/host/storage.hpp"

namespace minihal {

// The control thread's. What was chosen is kept in the run directory, as coreaudiod keeps it in its preferences: it is the default again
// whenever it is there.
class DefaultDevices {
  public:
    DefaultDevices(Registry& registry, const std::string& run_directory);

    // What was chosen in the run directory.
    static void forget(const std::string& run_directory);

    // Whether the property is one of the defaults.
    static bool is_one(AudioObjectPropertySelector selector);
    AudioObjectID get(AudioObjectPropertySelector selector) const;
    // A user's choice. `changed` says whether it is another device now.
    OSStatus set(AudioObjectPropertySelector selector, AudioObjectID device, bool& changed);
    // With devices come or gone: the chosen one where it is there, or else the one that is the default, or else another one that may be, a
    // built-in one first. The properties that have other values now.
    std::vector<AudioObjectPropertySelector> review();
    // A device that takes the defaults that it can be.
    void take(AudioObjectID device);

  private:
    struct Role;
    static std::span<const Role> roles();
    static const Role* role(AudioObjectPropertySelector selector);
    bool eligible(const Device& device, const Role& role) const;
    AudioObjectID successor(const Role& role) const;
    std::string chosen(const Role& role);
    void choose(const Role& role, const Device& device);

    Registry& registry_;
    Storage storage_;
};

}  // namespace minihal
