// The IO procs that a process has for a device, and what they play together.
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "minihal/wire/protocol.hpp"

namespace minihal {

struct IoProc {
    uintptr_t id;
    AudioDeviceIOProc proc;
    void* client_data;
    bool running;
    // Streams that it does without, a bit for each (kAudioDevicePropertyIOProcStreamUsage).
    uint32_t inputs_off = 0;
    uint32_t outputs_off = 0;

    uint32_t& off(AudioObjectPropertyScope scope) {
        return scope == kAudioObjectPropertyScopeInput ? inputs_off : outputs_off;
    }
};

// The input streams that those of them that run need, a bit for each.
uint32_t needed_inputs(std::span<const IoProc> procs);

// A number in the clothes of the API's type, which nobody may call.
inline AudioDeviceIOProcID proc_id(uintptr_t number) {
    return reinterpret_cast<AudioDeviceIOProcID>(number);  // NOLINT(performance-no-int-to-ptr)
}

// Calls `procs` for a cycle, each unless `still_runs` says of its ID that one before it has stopped it. Buffers of streams that are off
// have no data. The sum of what they write, in their order: one interleaved stream after the other.
std::vector<float> play_cycle(AudioObjectID device, const wire::Cycle& cycle, std::span<const IoProc> procs,
                              const std::function<bool(uintptr_t)>& still_runs);

}  // namespace minihal
