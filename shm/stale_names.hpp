#pragma once

#include <chrono>
#include <cstddef>

namespace gecko::shm {

/// A segment's name is there only while an app hands it to the driver, which is over in milliseconds. One that is older
/// than this was left behind by an app that was killed meanwhile; nobody will open it any more.
inline constexpr std::chrono::seconds kStaleAfter{10};

/// Removes the private names (kNamePrefix and kNameRandom base-32 characters) of this process's user that have become stale, and
/// with them the memory, and tells how many. Control threads.
///
/// Only Linux lists the names of shared memory. macOS does not: there a name that was left behind stays until the
/// machine is started again, harmless but for its memory.
std::size_t unlink_stale_names() noexcept;

}  // namespace gecko::shm
