#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/exit_code.hpp"
#include "settings/user_settings.hpp"

namespace CLI {
class App;
}

namespace gecko::app {

struct RunOptions {
    settings::UserSettings settings;
    std::vector<std::string>
        applications;    ///< BUNDLE_ID=PRESET or PROCESS_ID=PRESET, instead of the settings'
    std::string record;  ///< WAV file for what the output is handed; "": none
    bool wait = false;   ///< for what is missing at the start, instead of ending
    bool json = false;   ///< status as one JSON object a line instead of for people
};

/// `gecko run`: equalises until SIGINT, SIGTERM or SIGHUP. Gives the exit code; errors go to stderr.
int run(const RunOptions& options);

/// Adds `gecko run`. Once it is parsed, `chosen` is what does it and gives the exit code.
void add_run_command(CLI::App& cli, std::function<int()>& chosen);

}  // namespace gecko::app
