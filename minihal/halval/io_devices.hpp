// What the checks of IO have in common.
#pragma once

#include "minihal/halval/io_run.hpp"

namespace minihal::halval {

inline constexpr auto kRunning = kAudioDevicePropertyDeviceIsRunning;

inline bool runs(const Subject& subject, const Object& device) {
    return subject.value<UInt32>(device.id, address_of(kRunning)).value_or(7) == 1;
}

// Calls visit(device, run) with a run that has not started yet, for each device.
template <typename Visit>
void for_each_device(Subject& subject, Findings& findings, UInt32 clients, const Visit& visit) {
    const auto devices = subject.objects(kDeviceSort);
    if (devices.empty()) findings.skip("no devices");
    for (const auto& device : devices) {
        IoRun run(subject, findings, device, clients);
        visit(device, run);
    }
}

}  // namespace minihal::halval
