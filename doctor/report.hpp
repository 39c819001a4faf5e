#pragma once

#include <span>
#include <string>

#include "doctor/checks.hpp"

namespace gecko::doctor {

/// The results for people: a line each, and what to do below those that are wrong.
std::string as_text(std::span<const Result> results);

/// {"right": ..., "checks": [{"id", "title", "state", "found", "do"}, ...]} on several lines.
std::string as_json(std::span<const Result> results);

/// The whole for an issue: versions, the checks, the devices, the driver's state. Nothing in it tells whose machine it is.
std::string as_report(const Evidence& evidence);

}  // namespace gecko::doctor
