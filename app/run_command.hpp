#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/exit_code.hpp"

namespace CLI {
class App;
}

namespace gecko::app {

struct RunOptions {
    std::string preset = "flat";
    std::vector<std::string> applications;  ///< BUNDLE_ID=PRESET or PROCESS_ID=PRESET
    double preamp_db = 0;                   ///< on top of the preset's own
    double volume_percent = 100;            ///< 0 to 200
    std::string latency = "normal";         ///< one of kLatencyModes
    std::string output;                     ///< UID of the device to play on first; "": the default output
    bool take_default = true;               ///< Gecko Sink becomes the default output
    std::string record;                     ///< WAV file for what the output is handed; "": none
    bool bypass = false;
    bool json = false;  ///< status as one JSON object a line instead of for people
};

/// `gecko run`: equalises until SIGINT or SIGTERM. Gives the exit code; errors go to stderr.
int run(const RunOptions& options);

/// Adds `gecko run`. Once it is parsed, `chosen` is what does it and gives the exit code.
void add_run_command(CLI::App& cli, std::function<int()>& chosen);

}  // namespace gecko::app
