#pragma once

#include "tools/song/failure.hpp"

namespace gecko::song_run {

/// From here on SIGINT, SIGTERM and SIGHUP are noted instead of ending the process, and SIGPIPE is ignored.
/// Returns a descriptor that becomes readable when one of them comes or a child ends, to wake a poll(); empty
/// it with drain_signals().
int catch_signals();
void drain_signals();

/// A Failure (kInterrupted) once an ending signal has come. To be asked between the steps of whatever takes
/// long.
Result<void> not_interrupted();

}  // namespace gecko::song_run
