#pragma once

#include <optional>
#include <string>

#include "tools/song/outcome.hpp"

namespace gecko::song_run {

/// The report for the terminal.
std::string report_text(const Plan& plan, const Played& played, const Outcome& outcome);

/// The same as JSON, for programs. What was not measured, or is no finite number, is null.
std::string report_json(const Plan& plan, const Played& played, const Outcome& outcome);

/// Why the song did not arrive as it should have; nothing if it did.
std::optional<Failure> verdict(const Plan& plan, const Outcome& outcome);

}  // namespace gecko::song_run
