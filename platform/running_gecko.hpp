#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace gecko::platform {

/// The file in the state folder that the gecko which runs has locked.
inline constexpr const char* kLockFile = "lock";

/// What a gecko that runs does, for who asks from outside. It stands in the file that this gecko has locked, and stays there behind it.
struct RunningGecko {
    pid_t process = 0;
    bool takes_default = true;  ///< the source is to be the default output
    std::string source;         ///< UID of the loopback device that it reads; "": Gecko's driver
    std::string output;         ///< UID of the device that it plays on; "" while there is none

    friend bool operator==(const RunningGecko&, const RunningGecko&) = default;
};

/// As it stands in the file. It begins with the number of the process.
std::string to_text(const RunningGecko& gecko);
/// Nothing for what is no such text, or not the whole of it.
std::optional<RunningGecko> parse_running_gecko(const std::string& text);
/// What the last gecko wrote, whether it still runs or not; nothing if none did. Any thread.
std::optional<RunningGecko> read_running_gecko(const std::filesystem::path& state_folder);

}  // namespace gecko::platform
