// A published device as the control thread knows it, and what its IO needs.
#pragma once

#include <deque>
#include <expected>
#include <string>
#include <vector>

#include "minihal/host/object_map.hpp"
#include "minihal/host/plug_in.hpp"

namespace minihal {

inline constexpr uint32_t kDefaultBufferFrames = 512;
inline constexpr pid_t kNoHog = -1;
inline constexpr uint32_t kAllInputs = UINT32_MAX;  // as bits of input streams

// Whether the plug-in takes part in an operation, and whether it works in the main buffer.
struct Operation {
    bool will_do = false;
    bool in_place = true;
};
Operation ask_operation(const PlugIn& plug_in, AudioObjectID device, uint32_t client, uint32_t operation);

struct IoStream {
    AudioObjectID id;  // the plug-in's
    uint32_t channels;
};

// Valid from one start of the device's IO to its stop or its next configuration change.
struct IoSetup {
    AudioServerPlugInDriverRef driver = nullptr;
    AudioObjectID local = kAudioObjectUnknown;
    std::string name;
    std::string uid;
    Float64 rate = 0.0;             // Hz
    std::vector<IoStream> streams;  // output
    std::vector<IoStream> inputs;
    uint32_t safety_offset = 0;        // frames, of the output
    uint32_t input_safety_offset = 0;  // frames
    uint32_t buffer_frames = kDefaultBufferFrames;
    Operation thread;
    Operation cycle;
    Operation read_input;
    Operation convert_input;
    Operation process_input;
    Operation process_mix;
    Operation convert_mix;
    Operation write_mix;
};

struct ConfigurationChange {
    UInt64 action;
    void* info;
};

struct Device {
    LocalObject local{};
    AudioObjectID id = kAudioObjectUnknown;  // as clients know it
    std::string uid;
    std::string name;
    bool hidden = false;
    uint32_t buffer_frames = kDefaultBufferFrames;
    pid_t hog = kNoHog;                       // the process that has it to itself
    uint32_t open_inputs = 0;                 // input streams that run, as the plug-in was told
    std::deque<ConfigurationChange> changes;  // asked for, not yet performed
    bool suspending = false;  // the IO loop has been asked to pause the device and has not done it yet
};

// The error says which property a host cannot do without is missing.
std::expected<Device, std::string> describe_device(const PlugIn& plug_in, AudioObjectID local);

// Tells the plug-in which of the device's input streams run (a bit for each), by kAudioStreamPropertyIsActive where that
// can be set. How the HAL does it is not published; that it does is what an input that is switched off relies on.
void open_inputs(const PlugIn& plug_in, Device& device, uint32_t inputs);

// With the device's IO about to start. The error is a sentence.
std::expected<IoSetup, std::string> io_setup(const PlugIn& plug_in, const Device& device);

// The streams of one side as an AudioBufferList without data, as its bytes.
std::vector<uint8_t> stream_configuration(const PlugIn& plug_in, AudioObjectID device,
                                          AudioObjectPropertyScope scope);

// The values that a configuration change can change, to tell clients of those that it did.
struct PropertyState {
    AudioObjectID object;  // the plug-in's
    AudioObjectPropertyAddress address;
    std::vector<uint8_t> value;
};
std::vector<PropertyState> configuration_state(const PlugIn& plug_in, AudioObjectID device);

}  // namespace minihal
