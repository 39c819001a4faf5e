#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "virtual_mac.hpp"

namespace gecko::following {

/// What a CountingPlayer played last, cycle by cycle.
class Played {
  public:
    struct Cycle {
        std::uint64_t frame;
        std::uint32_t frames;
        Ticks at;  ///< host time of the first
        double rate;
        bool begins;  ///< behind silence, or behind a break of the device's time line

        [[nodiscard]] std::uint64_t end() const { return frame + frames; }
        /// Host time by the device's time line.
        [[nodiscard]] double time_of(std::uint64_t number) const;
    };

    explicit Played(std::function<void(const std::string&)> complain) : complain_(std::move(complain)) {}

    /// A cycle of the device that is played into.
    void hear(const VirtualMac::OutputHeard& output);
    /// The cycle with this frame; null if there was none.
    [[nodiscard]] const Cycle* with(std::uint64_t frame) const;
    /// Silence came where `frame` should. That is right if the player, or the device's time line, ended about there; where that is not
    /// known yet, the next cycle tells.
    void stop_short(std::uint64_t frame);

  private:
    std::function<void(const std::string&)> complain_;
    std::deque<Cycle> cycles_;
    bool silent_ = true;  // the last one
    std::uint64_t time_line_ = 0;
    std::int64_t next_sample_time_ = 0;
    std::optional<std::uint64_t> cut_;  // the frame that should have come, if the player went on
};

}  // namespace gecko::following
