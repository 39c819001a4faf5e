#pragma once

#include <optional>
#include <string>

#include "tools/song/mix_outcome.hpp"

namespace gecko::song_run {

/// The report for the terminal.
std::string report_text(const Plan& plan, const Played& played, const MixOutcome& outcome);

/// The same as JSON, for programs. What was not measured, or is no finite number, is null.
std::string report_json(const Plan& plan, const Played& played, const MixOutcome& outcome);

/// Why the applications did not arrive as they should have; nothing if they did.
std::optional<Failure> verdict(const Plan& plan, const MixOutcome& outcome);

}  // namespace gecko::song_run
