#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rt/nonblocking.hpp"
#include "shm/ring_reader.hpp"

namespace gecko::engine {

/// One pull of the output device, as its callback tells it.
struct OutputCycle {
    double sample_time = 0;       ///< output device's sample time of the first frame to play
    std::uint64_t host_time = 0;  ///< host ticks at which it is played: on the device's clock line
    std::uint64_t now = 0;        ///< host ticks at which the callback runs, early or late
};

/// Which frames of P the frames of one pull are, in the order in which they are played.
struct ReadPlan {
    std::size_t old_frames = 0;      ///< what was left of the time line before
    std::uint64_t old_position = 0;  ///< in frames of P
    std::size_t silent_frames = 0;   ///< before the new time line has its turn
    std::size_t frames = 0;          ///< of the time line in force
    std::uint64_t missed = 0;        ///< frames that were to be resumed at, but that the ring no longer has
    std::uint64_t position = 0;      ///< in frames of P
    bool begins = false;             ///< this pull is the first that knows the time line in force
};

/// The distance between the output's sample time and P (docs/clock.md).
///
/// It is set outright when a time line begins (or is first seen), so that the interval read ends a fixed margin before what
/// the driver's clock guarantees to be written when the output calls back; from then on reading follows the output's sample time and
/// nothing else. Before a new time line what is left of the old one is played, then silence. One thread at a time.
///
/// How the phase moves is read off the two clock lines, the driver's and the output's, and so does not know of callbacks that
/// come early or late. Only for setting it counts how early one has come since restart().
class ReadPhase {
  public:
    /// Another ring, of so many frames: nothing of the old one is known any more.
    void forget(std::uint32_t ring_frames) noexcept GECKO_NONBLOCKING;
    /// Another output, or another rate: the phase is set anew at the next pull. `margin_frames`: between the end of the interval
    /// read and what is guaranteed to be written.
    void restart(std::uint32_t margin_frames) noexcept GECKO_NONBLOCKING;
    /// The phase that is set next lets reading begin at this frame of P, if the ring still has it, though that is longer ago than
    /// the margin asks for. Until the next restart().
    void resume_at(std::uint64_t position) noexcept GECKO_NONBLOCKING { resume_ = position; }

    /// `line` was read before `state`. `frames`: how many the pull wants; the plan's parts add up to them.
    ReadPlan plan(const shm::ProducerState& state, const std::optional<shm::TimeLine>& line,
                  const OutputCycle& cycle, std::size_t frames) noexcept GECKO_NONBLOCKING;

    /// The phase: frames between the end of the interval that is read and what the driver's clock guarantees. Where it was set, it
    /// equals target(); it moves only if the clocks drift apart.
    [[nodiscard]] double fill() const noexcept GECKO_NONBLOCKING { return target_ + drift_; }
    /// Frames: the margin, and what the phase was set larger by.
    [[nodiscard]] double target() const noexcept GECKO_NONBLOCKING { return target_; }
    /// Frames that the target is larger than the margin by.
    [[nodiscard]] std::uint64_t surplus() const noexcept GECKO_NONBLOCKING;
    /// Goes on `frames` further on, which are never played. No more than the surplus.
    void skip(std::uint64_t frames) noexcept GECKO_NONBLOCKING;
    /// Frames have come late again and again, `shortage` at worst: what is guaranteed is less than it seemed. Reads earlier from the next
    /// pull on, with a whole margin before what is now known, until the next time line or restart(). What has been played is not
    /// played again; there is silence instead. Never by more than kMostBack margins without a reason that is known.
    void come_late(std::uint64_t shortage) noexcept GECKO_NONBLOCKING;
    /// Frames of P that were not there at the end of a pull that read up to `end`, P being `written`; 0 if none.
    static std::uint64_t shortage(std::uint64_t end, std::uint64_t written) noexcept GECKO_NONBLOCKING;
    /// Frames from Gecko Sink's time line to the output's: a frame is heard this much later than the driver's clock passes it.
    [[nodiscard]] double latency() const noexcept GECKO_NONBLOCKING { return set_distance_ + drift_; }
    /// Whether the driver's line was there at the last pull, so that fill() is of now.
    [[nodiscard]] bool measured() const noexcept GECKO_NONBLOCKING { return measured_; }
    /// P at which the time line in force began.
    [[nodiscard]] std::uint64_t time_line_start() const noexcept GECKO_NONBLOCKING {
        return time_line_start_;
    }
    [[nodiscard]] bool is_set() const noexcept GECKO_NONBLOCKING { return set_; }

  private:
    static constexpr std::uint32_t kMostBack = 3;
    /// Frames that a lead has to be too small for: longer than a single late cycle is remembered (RingWriter). By the host clock and by P:
    /// many frames pass at once when a stall is caught up, and none in an overload.
    static constexpr std::int64_t kLeadPatience = 49'152;

    void follow_promise(const shm::TimeLine& line, std::uint64_t now,
                        std::uint64_t written) noexcept GECKO_NONBLOCKING;
    void move_back() noexcept GECKO_NONBLOCKING;
    void set(const shm::TimeLine& line, double guaranteed, std::uint64_t written, const OutputCycle& cycle,
             std::size_t frames) noexcept GECKO_NONBLOCKING;

    [[nodiscard]] double distance_to_clock(const shm::TimeLine& line,
                                           const OutputCycle& cycle) const noexcept GECKO_NONBLOCKING;

    std::uint32_t margin_ = 0;
    std::uint32_t ring_frames_ = 0;
    std::uint32_t generation_ = 0;
    bool set_ = false;
    bool known_ = false;      // a time line has been seen: time_line_start_ and generation_ are its own
    bool discarded_ = false;  // that time line is of a generation before
    std::uint64_t time_line_start_ = 0;
    std::uint64_t begin_ = 0;         // P before which nothing is to be heard: not yet begun, or heard before
    std::uint64_t offset_ = 0;        // position in P = sample time + offset, modulo 2^64
    std::uint64_t played_until_ = 0;  // P behind the last plan
    bool old_left_ = false;           // frames of the time line before are still to be played
    std::uint64_t old_offset_ = 0;

    std::size_t frames_ = 0;  // of the largest pull since restart(); a larger one needs another phase
    std::optional<std::int64_t> earliest_;    // ticks from host time to callback, the least since restart()
    std::optional<std::uint64_t> resume_;     // in frames of P
    std::int64_t earliest_set_ = 0;           // what earliest_ was when target_ was right
    std::uint32_t lead_set_ = 0;              // frames; the same of the line's lead
    std::uint64_t low_written_ = 0;           // P at low_since_
    std::uint32_t low_lead_ = 0;              // frames; since low_since_, about
    std::uint32_t lead_ = 0;                  // frames; at the last pull
    std::optional<std::uint64_t> low_since_;  // host ticks since which the lead has been too small
    std::uint64_t unexplained_ = 0;           // frames that were missing though both say that they were there
    std::uint64_t missed_ = 0;                // frames, by the set() under way
    double target_ = 0;                       // frames
    double set_distance_ =
        0;              // frames from what is read to the driver's clock when the output plays it, when set
    double drift_ = 0;  // what that distance has grown by since
    bool measured_ = false;
};

}  // namespace gecko::engine
