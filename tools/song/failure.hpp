#pragma once

#include <expected>
#include <string>
#include <utility>

namespace gecko::song_run {

/// Exit codes of gecko-song. 1 to 3 mean the same in every program of Gecko.
enum ExitCode : int {
    kOk = 0,
    kUsage = 1,
    kNotRunning = 2,  ///< a program of the run could not start, died or hung
    kRejected = 3,    ///< a value or a file that was named
    kNotIntact = 4,   ///< the run ended, but the song did not arrive as it should have
    kInterrupted = 130
};

/// Why a run did not take place or did not end well.
struct Failure {
    int code = kNotRunning;
    std::string message;
};

template <class T>
using Result = std::expected<T, Failure>;

inline std::unexpected<Failure> fail(int code, std::string message) {
    return std::unexpected(Failure{code, std::move(message)});
}

}  // namespace gecko::song_run
