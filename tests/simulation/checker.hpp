#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "feed_log.hpp"
#include "virtual_time.hpp"

namespace gecko::simulation {

/// Whether the engine played a buffer at full gain.
enum class Fade : std::uint8_t { none, rising, falling };

/// What came out, in frames.
struct Counts {
    std::uint64_t played = 0;             ///< bit for bit, in their order, once
    std::uint64_t faded = 0;              ///< the same, while the engine fades in or out
    std::uint64_t explained_silence = 0;  ///< nothing was fed, or a fault explains it
    std::uint64_t explained_lost = 0;     ///< fed, and never heard because of a fault
    std::uint64_t explained_again =
        0;  ///< heard by another output that looks further back for its larger buffer
    // Failures
    std::uint64_t lost = 0;
    std::uint64_t repeated = 0;
    std::uint64_t shifted = 0;  ///< times that reading moved to another place without a reason
    std::uint64_t silence = 0;  ///< instead of audio
    std::uint64_t foreign = 0;  ///< no source made these

    [[nodiscard]] std::uint64_t failures() const { return lost + repeated + shifted + silence + foreign; }
};

/// Looks at every frame of the output.
///
/// It knows what was fed to the driver, cycle by cycle and with its sample time, and nothing of what is between. From the first
/// frame that it hears of a time line it knows which sample time of Gecko Sink each sample time of the output has to be; from
/// then on every frame has to be that one. The distance may change where the phase may be set anew (another time line, attach,
/// another output or rate: expect_new_phase()), nowhere else. No frame may come twice. A frame that is not heard, and silence in
/// its place, need an excuse: a fault at the time it was fed or should have been heard.
class Checker {
  public:
    /// At most this long after a frame was fed it is heard; seconds. From now on.
    void set_latency(double seconds) { latency_ = ticks_of(seconds); }

    void fed(const Fed& fed);
    /// No more cycles of the time line in force come.
    void line_ends() { line_ended_ = true; }

    /// Another output, rate or ring.
    void expect_new_phase();
    /// Reading is late by up to this many frames, and may catch up where only silence is left out for it.
    void allow_surplus(std::int64_t frames) {
        surplus_ = frames;
        left_out_ = 0;
    }
    /// Frames may come late until then; once reading goes back by up to `frames` for it, with silence in their place.
    void allow_set_back(std::int64_t frames, Ticks until);
    [[nodiscard]] bool set_back_allowed() const { return set_back_ > 0; }
    /// Whether nothing that was fed is still to be heard.
    [[nodiscard]] bool all_heard() const { return next_ >= fed_frames_; }
    /// All that is fed or played in this time may be lost, or silence. Ends with end_excuse().
    std::size_t begin_excuse(Ticks from);
    void end_excuse(std::size_t excuse, Ticks to);
    void excuse(Ticks from, Ticks to) { end_excuse(begin_excuse(from), to); }
    /// Everything stood still until now.
    void resumed() { resumed_ = now(); }

    /// The output's next buffer: `sample_time` is its own, of the first frame.
    void played(std::int64_t sample_time, std::span<const float> pcm, Fade fade);
    /// The output's host left these frames out; it began to at `since`.
    void skipped(std::int64_t sample_time, std::size_t frames, Ticks since);
    /// What should have been heard by now has been.
    void finish();

    [[nodiscard]] const Counts& counts() const { return counts_; }
    /// The first failures, in words.
    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
    void complain(std::string text);
    /// Of every sample of the output.
    [[nodiscard]] std::uint64_t digest() const { return digest_; }
    /// When the last frame was heard.
    [[nodiscard]] Ticks last_heard() const { return last_heard_; }

  private:
    /// Which sample time of Gecko Sink an output sample time is.
    struct Lock {
        std::uint32_t time_line;
        std::int64_t offset;  // Gecko Sink's sample time - the output's
    };
    struct Excuse {
        Ticks from;
        Ticks to;
    };
    struct Stashed {
        std::int64_t sample_time;
        std::vector<float> pcm;
    };

    std::size_t as_expected(std::int64_t sample_time, std::span<const float> pcm);
    std::size_t otherwise(std::int64_t sample_time, std::span<const float> pcm);
    std::size_t still_silent(std::size_t frames);
    void lock(const Lock& found);
    /// Frames that the engine scaled, heard with a lock.
    void scaled(std::int64_t sample_time, std::span<const float> pcm, double& gain, bool rising);
    void heard(std::uint64_t frame, std::size_t frames, std::uint64_t& count);
    void lost(std::uint64_t from, std::uint64_t to);
    [[nodiscard]] bool excused(Ticks at) const;
    /// So many frames of silence are there because reading was set back, in the silence before.
    [[nodiscard]] bool may_be_set_back(std::size_t frames) const {
        return static_cast<std::int64_t>(frames) <= set_back_;
    }
    [[nodiscard]] std::optional<std::uint64_t> overdue();
    /// The entry that holds a sample time of the lock's time line; the one behind it if none does.
    [[nodiscard]] std::uint64_t find(std::int64_t sink_time);

    FeedLog log_;
    std::uint64_t fed_frames_ = 0;
    bool line_ended_ = true;
    std::uint64_t next_ = 0;       // the frame to be heard next
    std::uint64_t due_entry_ = 0;  // where overdue() goes on
    Ticks latency_ = 0;
    Ticks resumed_ = 0;
    std::optional<Lock> lock_;
    std::int64_t surplus_ = 0;
    std::uint64_t left_out_ = 0;  // frames that the output's host left out while there was a surplus
    std::int64_t set_back_ = 0;   // frames
    Ticks set_back_until_ = 0;    // sound that is heard later in its old place shows that reading stayed
    std::uint64_t entry_ = 0;     // where find() goes on
    std::vector<Excuse> excuses_;
    std::vector<Stashed> stash_;  // faded in, and not yet known which frames they are
    double fade_out_gain_ = 1;

    Counts counts_;
    std::vector<std::string> complaints_;
    std::uint64_t digest_ = 0xcbf2'9ce4'8422'2325;
    Ticks last_heard_ = 0;
};

}  // namespace gecko::simulation
