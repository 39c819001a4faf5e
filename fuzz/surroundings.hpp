#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <CoreFoundation/CoreFoundation.h>

#include <cstdint>
#include <string>
#include <utility>

#include "driver/object_ids.hpp"
#include "driver/plug_in.hpp"
#include "shm/attach.hpp"
#include "tests/driver/fake_host.hpp"

/// What the driver's targets find around themselves: a console that is this user's, a clock that the target sets, and a driver
/// that is called through its function table alone.
namespace gecko::fuzz {

/// Once, before anything reads the clock.
void set_up_surroundings();
void set_now(std::uint64_t ticks);
std::uint64_t now();

/// Another one each time.
std::string new_segment_name();

constexpr AudioObjectPropertyAddress global(AudioObjectPropertySelector selector) {
    return {selector, kAudioObjectPropertyScopeGlobal, kAudioObjectPropertyElementMain};
}

/// A driver, initialised, its control queue drained by hand.
class Driver {
  public:
    Driver() { (void)table().Initialize(ref(), host_.ref()); }

    AudioServerPlugInDriverRef ref() { return plug_in_.ref(); }
    AudioServerPlugInDriverInterface& table() { return **ref(); }
    driver::test::FakeHost& host() { return host_; }
    void drain() { (void)plug_in_.device().control_queue().drain(); }

    template <class T>
    OSStatus set(AudioObjectID object, AudioObjectPropertySelector selector, const T& value,
                 pid_t client = 0) {
        const auto address = global(selector);
        return table().SetPropertyData(ref(), object, client, &address, 0, nullptr, sizeof value, &value);
    }
    /// Reads a property list and lets it go; false if there was none.
    bool reads_as_dictionary(AudioObjectPropertySelector selector) {
        const auto address = global(selector);
        CFTypeRef value = nullptr;
        UInt32 written = 0;
        if (table().GetPropertyData(ref(), driver::kDeviceId, 0, &address, 0, nullptr, sizeof value, &written,
                                    &value) != 0)
            return false;
        if (value == nullptr) return false;
        const bool is_dictionary = ::CFGetTypeID(value) == ::CFDictionaryGetTypeID();
        ::CFRelease(value);
        return is_dictionary;
    }

  private:
    driver::test::FakeHost host_;
    driver::PlugIn plug_in_{driver::ControlCalls::drained};
};

}  // namespace gecko::fuzz
