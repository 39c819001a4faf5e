#pragma once

#include <memory>
#include <string>

#include "engine/engine.hpp"
#include "platform/backend.hpp"

namespace gecko::app {

/// Shows how `gecko run` is doing, some ten times a second.
class StatusPrinter {
  public:
    virtual ~StatusPrinter() = default;
    virtual void show(const platform::Connection& connection, const engine::Status& status) = 0;
};

/// One JSON object a line on stdout, for programs.
std::unique_ptr<StatusPrinter> make_json_printer(std::string preset);

/// For people: one line on the terminal that is kept up to date; where stdout is no terminal, a line each time the state changes.
std::unique_ptr<StatusPrinter> make_text_printer(std::string preset);

}  // namespace gecko::app
