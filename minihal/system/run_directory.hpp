// Where the processes of one minihal meet.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "minihal/system/export.hpp"

namespace minihal {

// Files of the run directory.
inline constexpr std::string_view kSocketFile = "hal.sock";  // where the server listens
inline constexpr std::string_view kClockFile = "clock";      // the page of the shared host clock
inline constexpr std::string_view kConsoleFile =
    "console";  // stands for /dev/console: its owner, or the user whose number is in it, is the console user
inline constexpr std::string_view kServerLockFile = "lock";  // held by the running server

// $MINIHAL_RUN_DIR, else $XDG_RUNTIME_DIR/minihal, else /tmp/minihal-<uid>; it need not exist. Any thread, as
// long as none changes the environment.
MINIHAL_EXPORT std::string run_directory();

// The path of one of its files.
MINIHAL_EXPORT std::string run_file(std::string_view name);

// The same directory, made with mode 0700 when missing. The error is a sentence for the user: it cannot be
// made, is no directory, or (in /tmp, where anybody can make it first) belongs to someone else.
MINIHAL_EXPORT std::expected<std::string, std::string> make_run_directory();

}  // namespace minihal
