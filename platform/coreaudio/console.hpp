#pragma once

namespace gecko::platform::coreaudio {

/// Whether this program's user sits at the machine: with several logged in, the one in front. Where nobody can say, yes. Any thread.
bool user_is_at_console() noexcept;

}  // namespace gecko::platform::coreaudio
