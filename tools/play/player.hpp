#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/play/hal.hpp"
#include "tools/song_file/song_file.hpp"

namespace gecko::play {

/// Exit codes.
inline constexpr int kPlayed = 0;
inline constexpr int kUsage = 1;
inline constexpr int kNotRunning = 2;
inline constexpr int kRejected = 3;
inline constexpr int kInterrupted = 130;

struct Options {
    std::string file;
    std::string device = "Gecko Sink";
    bool wait = false;
    bool json = false;
};

/// From here on SIGINT and SIGTERM are noted instead of ending the process.
void catch_signals();
/// Whether one of them has come.
bool interrupted();

/// Tells people why it ends; the code.
int fail(int code, const std::string& message);
/// Tells programs.
void say(const nlohmann::json& line);

/// Plays a song that has the device's rate, until its last frame has been heard; the exit code.
///
/// An audio server that goes away is waited for, for ever; when it is back, the song goes on where it was. A device that
/// goes away alone ends it.
int play_through(const Options& options, AudioObjectID device, const song::Song& song);

}  // namespace gecko::play
