#pragma once

#include <sys/types.h>

#include <chrono>
#include <expected>
#include <optional>
#include <string>

namespace gecko::packaging {

/// The process of the gecko that has locked a state folder (app/instance.hpp): nothing if none has, 0 if only its guard is left, or it does
/// not say which process it is. A lock that is a link or no file is an error, and is not opened.
std::expected<std::optional<pid_t>, std::string> gecko_of(const std::string& state_folder);

/// Ends the gecko that has locked a state folder, by SIGTERM, and waits until it and its guard have let go: the default output has been
/// given back then. The error says which process has not. Nothing to end is fine.
std::expected<void, std::string> end_gecko(const std::string& state_folder,
                                           std::chrono::milliseconds patience);

/// Whether a file, which is open as `descriptor`, could be locked for whoever has it open.
enum class Taken {
    yes,
    busy,   ///< another process holds it
    stale,  ///< it was removed meanwhile: it is to be opened again
    no,     ///< it cannot be locked; errno says why
};
Taken take_lock(int descriptor, const char* file);

}  // namespace gecko::packaging
