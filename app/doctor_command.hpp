#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace gecko::app {

/// Adds `gecko doctor`. Once it is parsed, `chosen` is what does it and gives the exit code.
void add_doctor_command(CLI::App& cli, std::function<int()>& chosen);

}  // namespace gecko::app
