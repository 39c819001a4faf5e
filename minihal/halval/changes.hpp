// Waiting for what a plug-in does later, and the host's part in changes of a device's configuration.
#pragma once

#include <functional>
#include <optional>

#include "minihal/halval/subject.hpp"

namespace minihal::halval {

// Performs the configuration changes that were asked for since `mark`; the number of them.
int perform_requests(Subject& subject, size_t mark);

// Whether `holds` does, now or after some event since `mark`. What is asked for meanwhile is performed.
bool comes_true(Subject& subject, size_t mark, const std::function<bool()>& holds);

// Whether the host is told since `mark` that the property changed. What is asked for meanwhile is performed.
bool told_of(Subject& subject, size_t mark, AudioObjectID object, AudioObjectPropertySelector selector);

// The first configuration change of the device that is asked for since `mark`; waits for it.
std::optional<Event> requested(const Subject& subject, size_t mark, AudioObjectID device);

OSStatus perform(const Subject& subject, const Event& request);
OSStatus abort(const Subject& subject, const Event& request);

// The rates that a device offers, each once: of a range its ends. Hz.
std::vector<Float64> rates_of(const Subject& subject, AudioObjectID device);
Float64 rate_of(const Subject& subject, AudioObjectID device);
// Brings the device to a rate, as a host does: asked for, requested, performed. False when that did not work.
bool change_rate(Subject& subject, AudioObjectID device, Float64 rate);

}  // namespace minihal::halval
