#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "shm/ring_reader.hpp"

namespace gecko::engine {

/// Looks for the first frame in a ring that is not digital silence, while the output is stopped and nobody reads.
///
/// Control threads, one at a time.
class SoundSearch {
  public:
    /// Frames from `position` on, Engine's read_position(), have been heard by nobody. An output that ran on behind the end of a time
    /// line has read further than was written: the next one is still all to be heard.
    SoundSearch(const shm::RingReader& ring, std::uint64_t position) noexcept;

    /// Looks at what came since the last call, the newest ring's length of it. The P of the first frame with sound, if there is
    /// one; the next call finds it again.
    std::optional<std::uint64_t> find(const shm::RingReader& ring) noexcept;
    /// In frames of P: all before is silence.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  private:
    static constexpr std::size_t kFrames = 1024;

    std::uint64_t position_;
    std::array<float, 8 * kFrames> samples_{};  // as many channels as a geometry can have
};

}  // namespace gecko::engine
