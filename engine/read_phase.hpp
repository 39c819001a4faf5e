#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rt/nonblocking.hpp"
#include "shm/ring_reader.hpp"

namespace gecko::engine {

/// One pull of the output device, as its callback tells it.
struct OutputCycle {
    double sample_time = 0;  ///< output device's sample time of the first frame to play
    std::uint64_t now = 0;   ///< host ticks at which the callback runs
};

/// Which frames of P the frames of one pull are, in the order in which they are played.
struct ReadPlan {
    std::size_t old_frames = 0;      ///< what was left of the time line before
    std::uint64_t old_position = 0;  ///< in frames of P
    std::size_t silent_frames = 0;   ///< before the new time line has its turn
    std::size_t frames = 0;          ///< of the time line in force
    std::uint64_t position = 0;      ///< in frames of P
    bool begins = false;             ///< this pull is the first that knows the time line in force
};

/// The distance between the output's sample time and P (design, "The clock").
///
/// It is set outright when a time line begins (or is first seen), so that the interval read ends a fixed margin before what
/// the driver's clock guarantees to be written; from then on reading follows the output's sample time and nothing else. Before a
/// new time line what is left of the old one is played, then silence. One thread at a time.
class ReadPhase {
  public:
    /// Another ring: nothing of the old one is known any more.
    void forget() noexcept GECKO_NONBLOCKING;
    /// Another output, or another rate: the phase is set anew at the next pull. `margin_frames`: between the end of the interval
    /// read and what is guaranteed to be written.
    void restart(std::uint32_t margin_frames) noexcept GECKO_NONBLOCKING;

    /// `line` was read before `state`. `frames`: how many the pull wants; the plan's parts add up to them.
    ReadPlan plan(const shm::ProducerState& state, const std::optional<shm::TimeLine>& line,
                  const OutputCycle& cycle, std::size_t frames) noexcept GECKO_NONBLOCKING;

    /// The phase: frames between the end of the interval last planned and what the driver's clock guarantees. Meant to equal the
    /// margin; it moves only if the clocks drift apart.
    [[nodiscard]] double fill() const noexcept GECKO_NONBLOCKING { return fill_; }
    /// P at which the time line in force began.
    [[nodiscard]] std::uint64_t time_line_start() const noexcept GECKO_NONBLOCKING {
        return time_line_start_;
    }
    [[nodiscard]] bool is_set() const noexcept GECKO_NONBLOCKING { return set_; }

  private:
    void set(std::uint64_t time_line_start, std::uint64_t guaranteed, std::uint64_t sample_time,
             std::size_t frames) noexcept GECKO_NONBLOCKING;

    std::uint32_t margin_ = 0;
    std::uint32_t generation_ = 0;
    bool set_ = false;
    bool known_ = false;      // a time line has been seen: time_line_start_ and generation_ are its own
    bool discarded_ = false;  // that time line is of a generation before
    std::uint64_t time_line_start_ = 0;
    std::uint64_t offset_ = 0;  // position in P = sample time + offset, modulo 2^64
    bool old_left_ = false;     // frames of the time line before are still to be played
    std::uint64_t old_offset_ = 0;
    double fill_ = 0;
};

}  // namespace gecko::engine
