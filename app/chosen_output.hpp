#pragma once

#include <string>
#include <string_view>

namespace gecko::platform {
class PlatformBackend;
}

namespace gecko::app {

/// Why the output that was chosen by its UID is not played on now, for people, and which there are; "" where it can be, none was
/// chosen, or the audio server cannot tell.
/// meanwhile  what is played on, as it follows "playing on"
std::string missing_output(platform::PlatformBackend& backend, const std::string& uid,
                           std::string_view meanwhile);

}  // namespace gecko::app
