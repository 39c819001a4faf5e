// The devices that are plugged in, those that were, and what a user does to them.
#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <atomic>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "minihal/hardware/simulated_device.hpp"

namespace minihal::hardware {

// Any thread. A device has IDs of its own for each time that it is plugged in.
class Hardware {
  public:
    // With the devices of set_simulated_devices().
    Hardware();
    void connect(AudioServerPlugInHostRef host) { host_ = host; }

    std::vector<std::shared_ptr<SimulatedDevice>> present() const;
    std::shared_ptr<SimulatedDevice> with_uid(const std::string& uid) const;
    // The device that an object belongs to, or null. It may be gone.
    std::shared_ptr<SimulatedDevice> owner_of(AudioObjectID object) const;

    // A device whose UID is there already is refused.
    OSStatus plug(DeviceOptions options);
    void unplug(SimulatedDevice& device);
    // Asks the host for the change; nothing happens where the rate is the device's already.
    OSStatus request_rate(const SimulatedDevice& device, Float64 rate);
    // The host says whether the input runs. A device that has a rate for calls asks for it then, and for its own behind it.
    void open_input(SimulatedDevice& device, bool open) const;
    // What the host was asked for.
    static OSStatus perform(SimulatedDevice& device, UInt64 action);
    // Rounded to a step; a change is told to the host.
    void set_volume(SimulatedDevice& device, Object control, Float64 volume) const;
    void set_muted(SimulatedDevice& device, bool muted) const;
    // Tells the host.
    void changed(AudioObjectID object, std::initializer_list<AudioObjectPropertySelector> selectors) const;

    // The property 'simu' (commands.cpp).
    OSStatus command(CFTypeRef dictionary);
    plist::CfRef state() const;

  private:
    void add(DeviceOptions options);

    std::atomic<AudioServerPlugInHostRef> host_ = nullptr;
    mutable std::mutex mutex_;
    std::map<AudioObjectID, std::shared_ptr<SimulatedDevice>> devices_;  // by their first IDs
    AudioObjectID next_ = kFirstDevice;
};

}  // namespace minihal::hardware
