#pragma once

namespace gecko::shm {

/// Where a planted fault (CMakeLists.txt) has RingWriter::write_mix() call this, the thread that writes is held up for a moment, and
/// the output's callback comes if it is due.
void step_between() noexcept;

}  // namespace gecko::shm
