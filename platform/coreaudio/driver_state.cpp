#include "platform/coreaudio/driver_state.hpp"

#include <fmt/format.h>

#include "platform/coreaudio/hal.hpp"
#include "shm/attach.hpp"
#include "shm/layout.hpp"

namespace gecko::platform::coreaudio {
namespace {

using Kind = PlatformError::Kind;
namespace key = shm::key;

Capability lacking(const PlatformError& error) {
    return {.there = false, .missing = error.message(), .remedy = error.advice()};
}

}  // namespace

DriverState driver_state(AudioObjectID sink) {
    DriverState state;
    const auto found = get_cf<CFDictionaryRef>(sink, address_of(shm::kStateProperty));
    if (!found || !*found || CFGetTypeID(found->get()) != CFDictionaryGetTypeID()) return state;
    const auto text = [&](const char* name) {
        return to_string(CFDictionaryGetValue(found->get(), to_cf(name).get()));
    };
    const auto integer = [&](const char* name) -> std::optional<SInt64> {
        SInt64 value = 0;
        const void* held = CFDictionaryGetValue(found->get(), to_cf(name).get());
        if (held == nullptr || CFGetTypeID(held) != CFNumberGetTypeID()) return std::nullopt;
        CFNumberGetValue(static_cast<CFNumberRef>(held), kCFNumberSInt64Type, &value);
        return value;
    };
    state.version = text(key::kDriverVersion);
    state.last_error = text(key::kLastError);
    state.last_step = text(key::kLastStep);
    state.protocol = integer(key::kProtocol).value_or(0);
    state.last_errno = integer(key::kLastErrno).value_or(0);
    state.owner_pid = integer(key::kOwnerPid).value_or(0);
    state.owner_uid = integer(key::kOwnerUid).value_or(0);
    state.client_rings = integer(key::kClientRings);
    return state;
}

std::vector<DriverFact> driver_facts(AudioObjectID sink) {
    std::vector<DriverFact> facts;
    const auto found = get_cf<CFDictionaryRef>(sink, address_of(shm::kStateProperty));
    if (!found || !*found || CFGetTypeID(found->get()) != CFDictionaryGetTypeID()) {
        facts.push_back({.name = "state", .value = found ? "no dictionary" : status_text(found.error())});
        return facts;
    }
    for (const char* name :
         {key::kDriverVersion, key::kProtocol, key::kAttached,  key::kOwnerUid,  key::kOwnerPid,
          key::kLastError,     key::kLastStep, key::kLastErrno, key::kPublished, key::kPublishError,
          key::kConsoleUid,    key::kRate,     key::kRunning,   key::kClients,   key::kLatency,
          key::kClientRings,   key::kSteering, key::kOvertaken, key::kUnderruns, key::kAliveAge,
          key::kPulledAge}) {
        const void* held = CFDictionaryGetValue(found->get(), to_cf(name).get());
        std::string value = to_string(held);
        if (held != nullptr && CFGetTypeID(held) == CFNumberGetTypeID()) {
            SInt64 integer = 0;
            CFNumberGetValue(static_cast<CFNumberRef>(held), kCFNumberSInt64Type, &integer);
            value = std::to_string(integer);
        } else if (held != nullptr && CFGetTypeID(held) == CFBooleanGetTypeID()) {
            value = CFBooleanGetValue(static_cast<CFBooleanRef>(held)) != 0 ? "yes" : "no";
        }
        facts.push_back({.name = name, .value = value.empty() ? "-" : value});
    }
    return facts;
}

PlatformError other_version(const DriverState& state) {
    // A driver that says nothing of itself is from before there was anything to say.
    const bool newer = state.protocol > SInt64{shm::kProtocolVersion};
    return {.kind = newer ? Kind::app_outdated : Kind::daemon_restart_required,
            .cause = fmt::format("driver {} speaks protocol {}, gecko {} speaks protocol {}",
                                 state.version.empty() ? "of an unknown version" : state.version,
                                 state.protocol > 0 ? std::to_string(state.protocol) : "unknown",
                                 GECKO_VERSION, shm::kProtocolVersion)};
}

Capabilities capabilities_with(const std::expected<DriverState, PlatformError>& driver) {
    if (!driver)
        return {.virtual_devices = lacking(driver.error()), .per_app_capture = lacking(driver.error())};
    Capabilities can;
    can.virtual_devices.there = true;
    can.per_app_capture.there = true;
    if (driver->protocol != SInt64{shm::kProtocolVersion}) {
        can.per_app_capture = lacking(other_version(*driver));
    } else if (driver->client_rings == 0) {
        // While nobody is attached the driver does not say: then it is the next program's memory that counts.
        can.per_app_capture = {.there = false,
                               .missing = "The program that is attached to Gecko Sink takes the mix alone",
                               .remedy = "Quit it, and start `gecko run`."};
    }
    return can;
}

}  // namespace gecko::platform::coreaudio
