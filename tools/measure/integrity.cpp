#include "tools/measure/integrity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "tools/measure/agreement.hpp"
#include "tools/measure/correlator.hpp"
#include "tools/measure/path_model.hpp"

namespace gecko::measure {
namespace {

constexpr std::array<std::int64_t, 3> kReach{4096, 65536, 524288};
/// Beyond this the recording is another piece of music rather than one with breaks.
constexpr std::size_t kMostBreaks = 200;

/// Both sides of A(z) recording = B(z) reference, compared frame by frame.
class Sides {
  public:
    Sides(const Audio& reference, const Audio& recording)
        : reference_(reference), recording_(recording), sound_end_(reference.frames()) {
        while (sound_end_ > 0 && reference.silent_at(sound_end_ - 1)) --sound_end_;
    }

    /// From here on compares through the model, which explains the stretches that begin at these frames.
    void set_model(const PathModel& model, std::span<const std::int64_t> stretches, std::int64_t lag) {
        // The level around each frame of the recording, which rounding and the model's error scale with.
        level_.resize(static_cast<std::size_t>(recording_.frames()));
        float level = 0.0F;
        for (std::int64_t n = 0; n < recording_.frames(); ++n) {
            level = std::max({level * 0.999F, std::abs(recording_.at(n, 0)), std::abs(recording_.at(n, 1))});
            level_[static_cast<std::size_t>(n)] = level;
        }
        model_ = model;
        double worst = 1e-7;
        for (const std::int64_t begin : stretches) {
            for (std::int64_t n = begin; n < begin + kStretch; ++n) {
                const double scale = level_at(n + lag);
                if (scale > 0.0) worst = std::max(worst, difference(n, lag) / scale);
            }
        }
        tolerance_ = 4.0 * worst;
    }

    bool agree(std::int64_t n, std::int64_t lag) const { return difference(n, lag) <= tolerance_at(n + lag); }
    /// Well beyond the tolerance, so that what is left of a break's echo is not taken for another break.
    bool differ(std::int64_t n, std::int64_t lag) const {
        return difference(n, lag) > 4.0 * tolerance_at(n + lag);
    }

    /// Frames that one wrong frame disturbs beyond itself.
    std::int64_t echo() const { return model_ ? static_cast<std::int64_t>(kModelOrder) : 0; }

    /// Whether the reference goes on here; silence alone does not tell.
    bool same_audio(std::int64_t n, std::int64_t lag) const {
        std::int64_t telling = 0;
        for (std::int64_t i = n; i < n + kRun && i < reference_.frames(); ++i) {
            if (!agree(i, lag)) return false;
            telling += reference_.silent_at(i) ? 0 : 1;
        }
        return telling >= kTellingFrames;
    }

    /// Whether all that is left of the reference follows here, silence or not.
    bool same_end(std::int64_t n, std::int64_t lag) const {
        if (n + kRun < sound_end_) return false;
        while (n < reference_.frames() && agree(n, lag)) ++n;
        return n == reference_.frames();
    }

  private:
    double difference(std::int64_t n, std::int64_t lag) const {
        double largest = 0.0;
        for (std::size_t channel = 0; channel < 2; ++channel) {
            const double d = model_ ? model_->difference(reference_, recording_, lag, n, channel)
                                    : static_cast<double>(recording_.at_or_silence(n + lag, channel)) -
                                          static_cast<double>(reference_.at(n, channel));
            largest = std::max(largest, std::abs(d));
        }
        return largest;
    }
    double level_at(std::int64_t position) const {
        return position >= 0 && position < recording_.frames()
                   ? static_cast<double>(level_[static_cast<std::size_t>(position)])
                   : 0.0;
    }
    double tolerance_at(std::int64_t position) const {
        return model_ ? tolerance_ * level_at(position) + 1e-12 : 0.0;
    }

    const Audio& reference_;
    const Audio& recording_;
    std::int64_t sound_end_;  // of the reference: from here on it is silent
    std::optional<PathModel> model_;
    std::vector<float> level_;
    double tolerance_ = 0.0;
};

bool any_equal_run(const Audio& reference, const Sides& sides, std::int64_t lag) {
    const std::int64_t step = std::max<std::int64_t>(reference.frames() / 64, 1);
    for (std::int64_t n = 0; n < reference.frames(); n += step) {
        if (sides.same_audio(n, lag)) return true;
    }
    return false;
}

struct Position {
    std::int64_t frame = 0;  // of the reference
    std::int64_t lag = 0;
};

/// Where, after a break at `from`, the sides agree again; nothing when they do not within the farthest reach.
std::optional<Position> find_again(const Audio& reference, const Audio& recording, const Sides& sides,
                                   Position from) {
    const std::int64_t heard = from.frame + from.lag;
    for (const std::int64_t reach : kReach) {
        const std::int64_t frames = std::min(reach, reference.frames() - from.frame);
        std::vector<std::int64_t> lags{from.lag};
        const auto peak = Correlator(reference, from.frame, frames).search(recording, heard - frames / 2);
        for (std::int64_t lag = peak.lag - kPeakError; lag <= peak.lag + kPeakError; ++lag)
            lags.push_back(lag);

        std::optional<Position> best;
        std::int64_t least = 2 * reach;
        for (const std::int64_t lag : lags) {
            for (std::int64_t n = std::max(from.frame, heard - lag); n < from.frame + frames; ++n) {
                const std::int64_t skipped = (n - from.frame) + (n + lag - heard);
                if (skipped >= least) break;
                const bool ends = lag == from.lag && sides.same_end(n, lag);
                if (!ends && !sides.same_audio(n, lag)) continue;
                best = Position{.frame = n, .lag = lag};
                least = skipped;
                break;
            }
        }
        if (best) return best;
        if (frames < reach) break;
    }
    return std::nullopt;
}

Break describe(Position from, Position to, std::int64_t echo) {
    const std::int64_t missing = to.frame - from.frame;
    const std::int64_t instead = to.frame + to.lag - from.frame - from.lag;
    Break b{.at = from.frame,
            .lost = std::max<std::int64_t>(missing - instead, 0),
            .repeated = std::max<std::int64_t>(instead - missing, 0),
            .damaged = std::max<std::int64_t>(std::min(missing, instead) - echo, 0)};
    if (b.lost == 0 && b.repeated == 0) b.damaged = std::max<std::int64_t>(b.damaged, 1);
    return b;
}

}  // namespace

Integrity check_integrity(const Audio& reference, const Audio& recording, std::int64_t lag) {
    Integrity result;
    Sides sides(reference, recording);
    if (any_equal_run(reference, sides, lag)) {
        result.comparison = Comparison::samples;
    } else if (const auto fit = fit_common_path(reference, recording, lag, spread_stretches(reference))) {
        result.comparison = Comparison::filtered;
        sides.set_model(fit->model, fit->stretches, lag);
    } else {
        return result;
    }

    Position position{.frame = 0, .lag = lag};
    while (position.frame < reference.frames()) {
        if (!sides.differ(position.frame, position.lag)) {
            ++position.frame;
            continue;
        }
        const auto again = result.breaks.size() < kMostBreaks
                               ? find_again(reference, recording, sides, position)
                               : std::nullopt;
        if (!again) {
            result.breaks.push_back({.at = position.frame, .lost = reference.frames() - position.frame});
            break;
        }
        result.breaks.push_back(describe(position, *again, sides.echo()));
        position = *again;
    }
    for (const Break& b : result.breaks) {
        result.lost += b.lost;
        result.repeated += b.repeated;
        result.damaged += b.damaged;
    }
    result.arrived = reference.frames() - result.lost - result.damaged;
    result.identical = result.comparison == Comparison::samples && result.breaks.empty();
    return result;
}

}  // namespace gecko::measure
