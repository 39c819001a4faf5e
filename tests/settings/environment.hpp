#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace gecko::settings {

/// Sets an environment variable, or with nothing takes it away, for as long as it lives.
class Environment {
  public:
    Environment(std::string name, const std::optional<std::string>& value) : name_(std::move(name)) {
        if (const char* before = std::getenv(name_.c_str())) before_ = before;
        assign(value);
    }
    ~Environment() { assign(before_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    void assign(const std::optional<std::string>& value) {
        if (value) {
            ::setenv(name_.c_str(), value->c_str(), 1);
        } else {
            ::unsetenv(name_.c_str());
        }
    }

    std::string name_;
    std::optional<std::string> before_;
};

}  // namespace gecko::settings
