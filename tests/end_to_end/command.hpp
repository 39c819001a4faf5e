#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gecko::testing {

/// What a program that has ended left.
struct Outcome {
    int exit_code = -1;  ///< -1 if a signal ended it
    int signal = 0;      ///< 0 if it ended by itself
    std::string out;     ///< stdout and stderr, as they came
    std::string err;     ///< stderr alone
};

/// A program in a process group of its own. Killed, with its group, when it goes.
class Command {
  public:
    using Environment = std::map<std::string, std::string>;

    /// Starts it, stdin empty. `environment` comes on top of the tests' own. As another user (and the group of the same number)
    /// only if the tests run as root.
    explicit Command(const std::vector<std::string>& arguments, const Environment& environment = {},
                     std::optional<uid_t> user = std::nullopt);
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    ~Command();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Does nothing once it has finished.
    void signal(int number) const;
    /// Waits until `text` has been printed (stdout or stderr) since the last mark(); false if the program ended or the guard
    /// expired first.
    bool wait_for(const std::string& text);
    /// What has been printed so far does not count for wait_for() and said() any more.
    void mark();
    /// Whether `text` has been printed since the last mark().
    [[nodiscard]] bool said(const std::string& text);
    /// Waits for its end, or tells what it left if it has finished. A guard against hanging kills it after `guard`.
    Outcome finish(std::chrono::seconds guard = std::chrono::seconds(120));

  private:
    bool pump(int timeout_ms);
    void read_what_is_there();

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::size_t marked_ = 0;  // in outcome_.out
    Outcome outcome_;
};

/// Starts it and waits for its end.
Outcome run(const std::vector<std::string>& arguments, const Command::Environment& environment = {});

}  // namespace gecko::testing
