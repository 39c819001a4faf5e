#include "tools/measure/mix.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "tools/measure/agreement.hpp"
#include "tools/measure/correlator.hpp"

namespace gecko::measure {
namespace {

constexpr std::array<std::int64_t, 2> kMixReach{8192, 131072};
/// Beyond this the recording is something else rather than one with breaks.
constexpr std::size_t kMostMixBreaks = 50;

/// The recording beside the sum of the parts, whose lags change from break to break.
class MixComparison {
  public:
    MixComparison(std::span<const Placed> parts, const Audio& recording)
        : parts_(parts.begin(), parts.end()), recording_(recording) {
        float peak = 1.0F;
        for (const float sample : recording.samples) peak = std::max(peak, std::abs(sample));
        tolerance_ = kRounding * static_cast<double>(peak);
    }

    std::int64_t begin() const { return std::ranges::min(parts_, {}, &Placed::lag).lag; }
    std::int64_t end() const {
        std::int64_t end = begin();
        for (const Placed& part : parts_) end = std::max(end, part.lag + part.audio.frames());
        return end;
    }
    std::vector<Placed>& parts() { return parts_; }

    double sum(std::int64_t n, std::size_t channel) const {
        double sum = 0.0;
        for (const Placed& part : parts_)
            sum += static_cast<double>(part.audio.at_or_silence(n - part.lag, channel));
        return sum;
    }
    double difference(std::int64_t n, std::size_t channel) const {
        return static_cast<double>(recording_.at_or_silence(n, channel)) - sum(n, channel);
    }
    bool agree(std::int64_t n) const {
        return std::abs(difference(n, 0)) <= tolerance_ && std::abs(difference(n, 1)) <= tolerance_;
    }
    bool identical(std::int64_t n) const {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            if (recording_.at_or_silence(n, channel) != static_cast<float>(sum(n, channel))) return false;
        }
        return true;
    }

    /// Whether the sum goes on here; silence alone does not tell.
    bool goes_on(std::int64_t n) const {
        std::int64_t telling = 0;
        const std::int64_t last = end();
        for (std::int64_t i = n; i < std::min(n + kRun, last); ++i) {
            if (!agree(i)) return false;
            telling += std::abs(sum(i, 0)) > tolerance_ || std::abs(sum(i, 1)) > tolerance_ ? 1 : 0;
        }
        return telling >= kTellingFrames || n + kRun >= last;
    }
    /// The first frame from `at` on, within `reach`, from which on the sum goes on.
    std::optional<std::int64_t> goes_on_within(std::int64_t at, std::int64_t reach) const {
        const std::int64_t last = std::min(at + reach, end());
        for (std::int64_t n = at; n < last; ++n) {
            if (agree(n) && goes_on(n)) return n;
        }
        return std::nullopt;
    }

    /// The recording from `at` on for `frames` frames, without all parts but these.
    std::vector<float> without_others(std::int64_t at, std::int64_t frames,
                                      std::span<const std::size_t> own) const {
        std::vector<float> left;
        left.reserve(2 * static_cast<std::size_t>(frames));
        for (std::int64_t n = at; n < at + frames; ++n) {
            for (std::size_t channel = 0; channel < 2; ++channel) {
                double sample = difference(n, channel);
                for (const std::size_t i : own) {
                    sample += static_cast<double>(parts_[i].audio.at_or_silence(n - parts_[i].lag, channel));
                }
                left.push_back(static_cast<float>(sample));
            }
        }
        return left;
    }

  private:
    std::vector<Placed> parts_;
    const Audio& recording_;
    double tolerance_ = 0.0;
};

/// The break at `at`, put right: lags are those from there on. Nothing when the recording is not the sum again within the reach.
std::optional<MixBreak> mend(MixComparison& comparison, std::uint32_t rate, std::int64_t at) {
    std::vector<Placed>& parts = comparison.parts();
    std::vector<std::vector<std::size_t>> suspects;
    suspects.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) suspects.push_back({i});
    if (parts.size() > 1) {
        std::vector<std::size_t>& all = suspects.emplace_back();
        for (std::size_t i = 0; i < parts.size(); ++i) all.push_back(i);
    }
    for (const std::int64_t reach : kMixReach) {
        std::optional<std::int64_t> best = comparison.goes_on_within(at, reach);
        std::int64_t shift = 0;
        std::span<const std::size_t> whose;
        for (const auto& own : suspects) {
            // What these parts go on with, as one piece, is looked for in what the others leave.
            const std::int64_t first = at - reach / 2;
            const std::vector<float> left = comparison.without_others(first, 3 * reach, own);
            std::vector<float> wanted;
            for (std::int64_t n = at; n < at + reach; ++n) {
                for (std::size_t channel = 0; channel < 2; ++channel) {
                    double sample = 0.0;
                    for (const std::size_t i : own) {
                        sample +=
                            static_cast<double>(parts[i].audio.at_or_silence(n - parts[i].lag, channel));
                    }
                    wanted.push_back(static_cast<float>(sample));
                }
            }
            const auto peak = Correlator({.samples = wanted, .rate = rate}, 0, reach)
                                  .search({.samples = left, .rate = rate}, 0);
            const std::int64_t guess = first + peak.lag - at;
            for (std::int64_t by = guess - kPeakError; by <= guess + kPeakError; ++by) {
                if (by == 0) continue;
                for (const std::size_t i : own) parts[i].lag += by;
                const std::int64_t farthest = best ? *best - at : reach;
                if (const auto found = comparison.goes_on_within(at, farthest)) {
                    best = found;
                    shift = by;
                    whose = own;
                }
                for (const std::size_t i : own) parts[i].lag -= by;
            }
        }
        if (!best) continue;
        for (const std::size_t i : whose) parts[i].lag += shift;
        MixBreak b{.at = at,
                   .part = std::nullopt,
                   .lost = std::max<std::int64_t>(-shift, 0),
                   .repeated = std::max<std::int64_t>(shift, 0),
                   .damaged = *best - at};
        if (whose.size() == 1) b.part = whose[0];
        return b;
    }
    return std::nullopt;
}

template <class Field>
std::int64_t total(const std::vector<MixBreak>& breaks, std::size_t part, Field field) {
    std::int64_t sum = 0;
    for (const MixBreak& b : breaks) sum += !b.part || *b.part == part ? b.*field : 0;
    return sum;
}

}  // namespace

std::int64_t MixIntegrity::lost(std::size_t part) const {
    return total(breaks, part, &MixBreak::lost);
}
std::int64_t MixIntegrity::repeated(std::size_t part) const {
    return total(breaks, part, &MixBreak::repeated);
}
std::int64_t MixIntegrity::damaged() const {
    std::int64_t sum = 0;
    for (const MixBreak& b : breaks) sum += b.damaged;
    return sum;
}

MixIntegrity check_mix(std::span<const Placed> parts, const Audio& recording) {
    MixComparison comparison(parts, recording);
    MixIntegrity result;
    for (const float sample : recording.samples) {
        result.recorded_peak = std::max(result.recorded_peak, std::abs(static_cast<double>(sample)));
    }
    // As the parts were placed, all of it.
    double power = 0.0;
    std::int64_t first_wrong = comparison.end();
    for (std::int64_t n = comparison.begin(); n < comparison.end(); ++n) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            const double difference = std::abs(comparison.difference(n, channel));
            result.residual_peak = std::max(result.residual_peak, difference);
            power += difference * difference;
        }
        ++result.frames;
        result.identical_frames += comparison.identical(n) ? 1 : 0;
        if (!comparison.agree(n)) {
            ++result.wrong_frames;
            first_wrong = std::min(first_wrong, n);
        }
    }
    result.residual_rms =
        std::sqrt(power / (2.0 * static_cast<double>(std::max<std::int64_t>(result.frames, 1))));

    result.followed = true;
    // The end moves with the lags.
    for (std::int64_t n = first_wrong; n < comparison.end(); ++n) {
        if (comparison.agree(n)) continue;
        const auto b =
            result.breaks.size() < kMostMixBreaks ? mend(comparison, recording.rate, n) : std::nullopt;
        if (!b) {
            result.followed = false;
            break;
        }
        n += b->damaged;
        // What an equaliser still remembers of frames that were missing swings through zero, and so agrees for a while.
        MixBreak* const before = result.breaks.empty() ? nullptr : &result.breaks.back();
        const bool echo =
            before && b->lost + b->repeated == 0 && b->at - before->at - before->damaged < kMixReach[0];
        if (echo) {
            before->damaged = n - before->at;
        } else {
            result.breaks.push_back(*b);
        }
    }
    return result;
}

}  // namespace gecko::measure
