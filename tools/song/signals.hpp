#pragma once

namespace gecko::song_run {

/// From here on SIGINT, SIGTERM and SIGHUP are noted instead of ending the process, and SIGPIPE is ignored.
/// Returns a descriptor that becomes readable when one of them comes or a child ends, to wake a poll(); empty
/// it with drain_signals().
int catch_signals();
void drain_signals();

/// The first ending signal that came, or 0.
int ending_signal();

}  // namespace gecko::song_run
