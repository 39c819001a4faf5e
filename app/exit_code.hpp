#pragma once

namespace gecko::app {

/// Exit codes (README, "Exit codes").
enum ExitCode : int { kOk = 0, kUsage = 1, kNotRunning = 2, kRejected = 3 };

}  // namespace gecko::app
