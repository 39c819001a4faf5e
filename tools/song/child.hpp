#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "tools/song/failure.hpp"

namespace gecko::song_run {

/// A program of the run: its lines of output, its last words, its end. For one thread.
class Child {
  public:
    /// Starts `arguments[0]`. The program gets a process group of its own, so that the terminal's Ctrl-C
    /// reaches the supervisor alone, which then ends all in order; on Linux it also gets SIGTERM should the
    /// supervisor be killed.
    static Result<Child> start(std::string name, const std::vector<std::string>& arguments);

    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    /// Kills the program if it still runs.
    ~Child();

    const std::string& name() const { return name_; }
    int output() const { return output_; }  ///< for poll(): readable when there may be lines
    int errors() const { return errors_; }

    /// Reads what has come, of a flood of words a part, and returns the whole lines of its standard output.
    std::vector<std::string> read_lines();
    /// Up to the last ten lines of its standard error so far.
    const std::deque<std::string>& last_words() const { return words_; }
    /// Sends a line to its standard input.
    void say(std::string line);

    /// Nothing while it runs; then its wait status.
    std::optional<int> end();
    /// "ended with exit code 2" or "was killed by signal 9 (Killed)"; only once it has ended.
    std::string how_it_ended();

    /// Sends `signal`, waits for the end, and kills it after `guard`. True if it ended on its own.
    bool stop(int signal, std::chrono::milliseconds guard);

  private:
    explicit Child(std::string name) : name_(std::move(name)) {}
    static bool read_some(int& descriptor, std::string& rest, std::deque<std::string>& lines);

    std::string name_;
    pid_t pid_ = -1;
    int input_ = -1, output_ = -1, errors_ = -1;
    std::string output_rest_, errors_rest_;
    std::deque<std::string> words_;
    std::optional<int> status_;
};

}  // namespace gecko::song_run
