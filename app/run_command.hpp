#pragma once

#include <string>
#include <vector>

namespace gecko::app {

/// Exit codes (README, "Exit codes").
enum ExitCode : int { kOk = 0, kUsage = 1, kNotRunning = 2, kRejected = 3 };

struct RunOptions {
    std::string preset = "flat";
    std::vector<std::string> applications;  ///< BUNDLE_ID=PRESET or PROCESS_ID=PRESET
    double preamp_db = 0;                   ///< on top of the preset's own
    double volume_percent = 100;            ///< 0 to 200
    std::string record;                     ///< WAV file for what the output is handed; "": none
    bool bypass = false;
    bool json = false;  ///< status as one JSON object a line instead of for people
};

/// `gecko run`: equalises until SIGINT or SIGTERM. Gives the exit code; errors go to stderr.
int run(const RunOptions& options);

}  // namespace gecko::app
