#pragma once

#include <string>
#include <vector>

namespace gecko::app {

/// Where this program is, links resolved; "" if the system does not say.
std::string own_path();

/// Runs one of packaging/macos's scripts, which do the same without this program, and gives its exit code. It is looked for beside the
/// program as it is installed (Gecko.app/Contents/Resources/scripts), then where it was built. kNotRunning and a sentence on stderr if it is not found or cannot be run.
int run_script(const std::string& name, const std::vector<std::string>& arguments);

}  // namespace gecko::app
