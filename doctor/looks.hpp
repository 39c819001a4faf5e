#pragma once

#include "doctor/checks.hpp"

/// What each check looks at. Called with the check's ground being right.
namespace gecko::doctor {

// looks_at_files.cpp
Finding look_at_system(const Evidence& evidence);
Finding look_at_settings(const Evidence& evidence);
Finding look_at_folders(const Evidence& evidence);
Finding look_for_bundle(const Evidence& evidence);
Finding look_at_place(const Evidence& evidence);
Finding look_at_owner(const Evidence& evidence);
Finding look_at_modes(const Evidence& evidence);
Finding look_at_contents(const Evidence& evidence);
Finding look_at_signature(const Evidence& evidence);
Finding look_at_version(const Evidence& evidence);

// looks_at_driver.cpp
Finding look_for_server(const Evidence& evidence);
Finding look_for_driver(const Evidence& evidence);
Finding look_for_sink(const Evidence& evidence);
Finding look_at_running_version(const Evidence& evidence);
Finding look_at_console(const Evidence& evidence);
Finding look_at_attaching(const Evidence& evidence);
Finding look_at_heartbeat(const Evidence& evidence);
Finding look_at_steering(const Evidence& evidence);
Finding look_at_losses(const Evidence& evidence);

// looks_at_devices.cpp
Finding look_for_output(const Evidence& evidence);
Finding look_at_default(const Evidence& evidence);
Finding look_at_others(const Evidence& evidence);
Finding look_at_volume(const Evidence& evidence);
Finding look_at_rates(const Evidence& evidence);

/// An entry of the driver's state; nothing if it is not there or of another type.
template <class T>
std::optional<T> driver_says(const Evidence& evidence, const char* key) {
    const auto entry = evidence.audio.driver.find(key);
    if (entry == evidence.audio.driver.end()) return std::nullopt;
    const T* value = std::get_if<T>(&entry->second);
    return value != nullptr ? std::optional<T>(*value) : std::nullopt;
}

/// Whether a program has the driver.
bool is_attached(const Evidence& evidence);
/// Whether it has given a sign of life lately.
bool is_alive(const Evidence& evidence);
/// What the gecko that runs says of itself; null if none runs that does. If a program has the driver, this is it.
const platform::RunningGecko* running_gecko(const Evidence& evidence);

}  // namespace gecko::doctor
