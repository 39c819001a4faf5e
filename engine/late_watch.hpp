#pragma once

#include <cstddef>
#include <cstdint>

#include "rt/nonblocking.hpp"

namespace gecko::engine {

/// Notices that frames come late again and again: the phase was set too close.
///
/// That happens when what it was set by did not last: the output's first callback came later than all others do, or Gecko Sink's host
/// mixes less far ahead than it did. Steering cannot see it, since both clock lines are as they were. A stall of either side is no
/// such thing: frames are missing in one stretch, and then no more. One thread at a time.
class LateWatch {
  public:
    static constexpr int kTimes = 4;         ///< times that frames are missing and come after all ...
    static constexpr double kSeconds = 1.0;  ///< ... within this time are a phase that is too close

    void reset() noexcept GECKO_NONBLOCKING { *this = {}; }

    /// One pull: `late` of its `frames` were missing, and P was `shortage` frames from its end. How many frames earlier reading would have
    /// missed nothing, once it has happened too often; 0 until then.
    ///
    /// now_s  of the output's sample time
    std::uint64_t note(double now_s, std::size_t frames, std::size_t late,
                       std::uint64_t shortage) noexcept GECKO_NONBLOCKING;

  private:
    bool missing_ = false;    // the pull before ended in missing frames
    std::uint64_t last_ = 0;  // frames short in the pull before
    int times_ = 0;
    double since_s_ = 0;
    std::uint64_t worst_ = 0;  // frames
};

}  // namespace gecko::engine
