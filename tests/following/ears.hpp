#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gains.hpp"
#include "played.hpp"
#include "virtual_mac.hpp"

namespace gecko::following {

/// Frames of the counting signal that were heard one after the other, bit for bit but for Gecko Sink's volume where the engine does that.
struct Stretch {
    std::string uid;  ///< of the device
    double rate = 0;  ///< Hz
    std::uint64_t first = 0;
    std::uint64_t frames = 0;
    Ticks begins = 0;        ///< host time at which the first frame is heard
    Ticks ends = 0;          ///< and at which the one behind the last would be
    double latency = 0;      ///< seconds from Gecko Sink's time stamp of the first frame to its being heard
    bool faded_in = false;   ///< silence and a rising gain were before it
    bool faded_out = false;  ///< a falling gain and silence were behind it

    [[nodiscard]] std::uint64_t end() const { return first + frames; }
};

/// Listens to every frame that the hardware of a virtual Mac is given, while one CountingPlayer plays into Gecko Sink.
///
/// A frame is silence, or a frame that was played, times the gain that the engine has there: the volume of Gecko Sink, where the
/// hardware has none, and a fade that begins with a block. From one frame to the next the numbers go on; they may begin anywhere
/// with a fade-in from 0, and without one only where the player began. They end with a fade-out, or where the player did, or with
/// the device. No frame may be heard twice. What is anything else, by a bit, is a complaint.
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
    /// A device's time line.
    struct Line {
        std::uint64_t number = 0;
        std::int64_t next_sample_time = -1;
        bool digital_volume = false;
        bool digital_mute = false;
        Gains gains;
        std::optional<std::uint64_t> next;  // the frame that comes, while something is heard
        bool faded_in = false;              // what is heard
        bool stretch = false;               // the last one goes on here
        bool dark = false;                  // the volume has been 0 since something was heard
        bool lost = false;                  // there was something that nothing explains
    };
    using OutputHeard = VirtualMac::OutputHeard;
    using Samples = std::span<const float>;

    void hear(const OutputHeard& output);
    void begin_line(Line& line, const OutputHeard& output) const;
    [[nodiscard]] double level(const Line& line) const;
    std::size_t go_on(Line& line, const OutputHeard& output, std::size_t at);
    bool find(Line& line, const OutputHeard& output, const Gains& at_start, std::size_t at);
    bool fits(Line& line, Gains gains, Samples rest, bool at_once);
    void note(Line& line, const OutputHeard& output, std::size_t at, std::size_t run, std::size_t whole_from);
    void complain(const std::string& words);
    double latency_of(std::uint64_t frame, Ticks heard, double rate);

    VirtualMac& mac_;
    std::vector<Stretch> stretches_;
    std::vector<std::string> complaints_;
    std::string fed_uid_;
    Played played_{[this](const std::string& words) { complain(words); }};
    std::map<std::string, Line> lines_;
    std::uint64_t heard_until_ = 0;
};

}  // namespace gecko::following
