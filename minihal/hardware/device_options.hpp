// What a simulated device is like, as its dictionary says.
#pragma once

#include <CoreAudio/AudioHardwareBase.h>

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "minihal/wire/plist.hpp"

namespace minihal::hardware {

struct DeviceOptions {
    std::string uid;
    std::string name;  // the UID, unless one is given
    plist::FourCharCode transport{kAudioDeviceTransportTypeBuiltIn};
    std::vector<Float64> rates = {8000,  16000, 24000,  32000,  44100,  48000,
                                  88200, 96000, 176400, 192000, 352800, 384000};  // Hz
    Float64 rate = 0;                                                             // Hz; 48000 if it can
    uint32_t outputs = 2;                                                         // channels; 0: no output
    uint32_t stereo =
        1;  // the output channel that left is to be played on, counted from 1; right is the next
    uint32_t inputs = 0;                   // channels; 0: no input
    std::optional<Float64> ppm;            // what the crystal runs fast by; absent: set_crystal_error()'s
    uint32_t latency = 0;                  // frames, each side
    uint32_t safety = 0;                   // frames, each side
    std::optional<uint32_t> volume_steps;  // of the volume control; absent: there is none, nor a mute
    bool channel_volumes = false;          // the volume control is two: of the left channel, and of the right
    bool mute_alone = false;               // a mute though there is no volume control
    Float64 volume = 1;                    // 0..1, at the start
    bool mute = false;
    std::optional<Float64> call_rate;      // Hz, while an input runs; absent: inputs leave the rate alone
    bool loopback = false;                 // the input hears what the output plays
    std::vector<std::string> sub_devices;  // UIDs, of an aggregate
    bool hidden = false;
    Float64 start_delay = 0;     // seconds from a start of its IO to the first cycle
    bool takes_default = false;  // it becomes the default when it is plugged in, as headphones do
};

// The error names the key that is wrong.
std::expected<DeviceOptions, std::string> device_options(CFTypeRef dictionary);
// The dictionary again, to which more may be added.
plist::Dictionary dictionary_of(const DeviceOptions& options);

}  // namespace minihal::hardware
