#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "virtual_mac.hpp"

namespace gecko::following {

/// Frames of the counting signal that were heard one after the other, at full gain and bit for bit.
struct Stretch {
    std::string uid;  ///< of the device
    double rate = 0;  ///< Hz
    std::uint64_t first = 0;
    std::uint64_t frames = 0;
    Ticks begins = 0;       ///< host time at which the first frame is heard
    Ticks ends = 0;         ///< and at which the one behind the last would be
    double latency = 0;     ///< seconds from Gecko Sink's time stamp of the first frame to its being heard
    bool faded_in = false;  ///< silence and a rising gain were before it

    [[nodiscard]] std::uint64_t end() const { return first + frames; }
};

/// Listens to every frame that the hardware of a virtual Mac is given, while one CountingPlayer plays into Gecko Sink.
///
/// A frame is silence, or the one behind the frame before it, or, where a stretch begins or ends, one that a gain between 0 and 1 that
/// does not go back has made of it. No frame may be heard twice; what is anything else is a complaint.
class Ears {
  public:
    explicit Ears(VirtualMac& mac);
    /// The player plays into this device, instead of Gecko Sink.
    void expect_player_at(const std::string& uid) { fed_uid_ = uid; }

    [[nodiscard]] const std::vector<Stretch>& stretches() const { return stretches_; }
    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
    /// The first stretch with a frame that is heard at `from` or later; null if there is none.
    [[nodiscard]] const Stretch* heard_after(Ticks from) const;
    /// Seconds from `from` to the first frame at full gain that is heard from then on; nothing if none is.
    [[nodiscard]] std::optional<double> recovery(Ticks from) const;
    /// When the last frame at full gain was heard.
    [[nodiscard]] Ticks last_heard() const { return stretches_.empty() ? 0 : stretches_.back().ends; }

  private:
    struct Fed {
        std::uint64_t frame;
        std::uint32_t frames;
        Ticks at;  // host time of the first
        double rate;
    };
    using OutputHeard = VirtualMac::OutputHeard;

    void feed(const OutputHeard& output);
    void hear(const OutputHeard& output);
    void begin(const OutputHeard& output, std::size_t at, std::uint64_t frame);
    void check_fade_in();
    void fading(const OutputHeard& output, std::size_t at);
    void complain(const std::string& words);
    double latency_of(std::uint64_t frame, Ticks heard, double rate);

    std::vector<Stretch> stretches_;
    std::vector<std::string> complaints_;
    std::string fed_uid_;
    std::deque<Fed> fed_;
    bool open_ = false;  // the last stretch goes on
    std::string uid_;    // of the device and time line that it is heard on
    std::uint64_t time_line_ = 0;
    std::int64_t next_sample_time_ = 0;
    std::vector<float> rising_;  // left, since the last silence
    std::uint64_t falling_ = 0;  // the frame that comes next if a fade-out is under way
    double falling_gain_ = 1;
    bool falls_ = false;
};

}  // namespace gecko::following
