#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/measure/time_lines.hpp"
#include "tools/song/failure.hpp"
#include "tools/song/plan.hpp"
#include "tools/song/session.hpp"

namespace gecko::song_run {

/// The device whose recording holds what the applications played.
inline constexpr std::string_view kSink = "Gecko Sink";

/// The recordings of a run: those of minihald's devices, or gecko's own of what it handed to the output. The latter know no host
/// time.
Result<std::vector<measure::TimeLine>> recorded_lines(const Plan& plan, const Played& played,
                                                      const std::string& recordings);

/// The file that gecko is told to record to. Others of its follow where the rate changes.
std::string gecko_recording(const std::string& recordings);

/// The output, and who recorded what it was given: 'recorded from "X" (simulated)'.
std::string recorded_from(const Plan& plan, const Played& played);
/// The same of the file that is written: '(what reached "X", which minihald simulates)'.
std::string written_from(const Plan& plan, const Played& played);
/// What else there can be to it that samples differ, where the system is not the run's own; "" where it is.
std::string others_to_blame(const Plan& plan);

}  // namespace gecko::song_run
