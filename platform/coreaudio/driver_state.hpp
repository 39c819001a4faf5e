#pragma once

#include <CoreAudio/CoreAudio.h>

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "platform/backend.hpp"
#include "platform/error.hpp"

namespace gecko::platform::coreaudio {

/// The driver's state ('gsta'), as far as errors and capabilities need it. "" and 0 what it does not say.
struct DriverState {
    std::string version;
    std::string last_error;
    std::string last_step;
    SInt64 protocol = 0;
    SInt64 last_errno = 0;
    SInt64 owner_pid = 0;
    SInt64 owner_uid = 0;
    std::optional<SInt64> client_rings;  ///< only while a program is attached
};

/// Of the driver behind `sink`. Control threads.
DriverState driver_state(AudioObjectID sink);
/// The same, entry by entry, for people.
std::vector<DriverFact> driver_facts(AudioObjectID sink);

/// The driver speaks another protocol than this program: which of the two is older.
PlatformError other_version(const DriverState& state);

/// What Gecko can do with a driver in this state, or without one: nothing was found, or no audio server.
Capabilities capabilities_with(const std::expected<DriverState, PlatformError>& driver);

}  // namespace gecko::platform::coreaudio
