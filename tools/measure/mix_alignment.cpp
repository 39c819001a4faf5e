#include <algorithm>
#include <cmath>
#include <utility>

#include "tools/measure/correlator.hpp"
#include "tools/measure/mix.hpp"

namespace gecko::measure {
namespace {

constexpr std::int64_t kPartExcerpt = std::int64_t{1} << 17;  // of a part, at most
/// A peak this many standard deviations high is no accident: among a million values of noise the highest has about 5.
constexpr double kCertainPartPeak = 12.0;
/// From here on it need not even be compared with other parts'.
constexpr double kEvidentPeak = 60.0;
/// Applications are started together: within so many seconds of the first sound, as long as they are found there.
constexpr std::int64_t kTogetherSeconds = 4;
/// Frames of the recording that remain to be explained are added up over, at most.
constexpr std::int64_t kJudged = std::int64_t{1} << 19;
constexpr int kRounds = 3;
/// Frames of a part that is heard before others begin: what agrees over so many is that part.
constexpr std::int64_t kAlone = 128;
/// A peak may be so many frames off where a sound is nearly a tone.
constexpr std::int64_t kPartPeakError = 4;

std::int64_t first_above(const Audio& audio, double level) {
    std::int64_t n = 0;
    while (n < audio.frames() && std::abs(static_cast<double>(audio.at(n, 0))) <= level &&
           std::abs(static_cast<double>(audio.at(n, 1))) <= level) {
        ++n;
    }
    return n;
}

class Alignment {
  public:
    Alignment(std::span<const Audio> parts, const Audio& recording)
        : parts_(parts),
          recording_(recording),
          heard_(recording.first_sound()),
          left_(recording.samples.begin(), recording.samples.end()),
          lags_(parts.size()),
          certain_(parts.size()) {
        for (const Audio& part : parts) {
            const std::int64_t begin = part.first_sound();
            const std::int64_t excerpt = std::min(kPartExcerpt, part.frames() - begin);
            // Of silence there is nothing to be found.
            searches_.push_back(excerpt > 0 ? std::optional<Correlator>(std::in_place, part, begin, excerpt)
                                            : std::nullopt);
            begins_.push_back(begin);
            loud_.push_back(first_above(part, kRounding));
        }
    }

    std::vector<std::optional<std::int64_t>> run() {
        while (peel()) {
        }
        place_all();
        for (int round = 0; round < kRounds && remains() > kRounding; ++round) {
            const auto before = lags_;
            for (std::size_t i = 0; i < parts_.size(); ++i) {
                if (!certain_[i]) place_again(i);
            }
            exchange();
            if (lags_ == before) break;
        }
        return lags_;
    }

  private:
    Audio left() const { return {.samples = left_, .rate = recording_.rate}; }

    /// Takes a part out of what is left, or (`sign` 1) puts it back.
    void add(std::size_t part, double sign) {
        if (!lags_[part]) return;
        const std::int64_t lag = *lags_[part];
        const Audio& audio = parts_[part];
        const std::int64_t first = std::max<std::int64_t>(0, -lag);
        const std::int64_t last = std::min(audio.frames(), recording_.frames() - lag);
        for (std::int64_t n = first; n < last; ++n) {
            for (std::size_t channel = 0; channel < 2; ++channel) {
                float& sample = left_[2 * static_cast<std::size_t>(n + lag) + channel];
                sample = static_cast<float>(static_cast<double>(sample) +
                                            sign * static_cast<double>(audio.at(n, channel)));
            }
        }
    }

    /// Places the part that what is left begins with, if it is heard alone for a while, or all that are left if they begin together:
    /// whatever their sound.
    bool peel() {
        const Audio in = left();
        const std::int64_t heard = first_above(in, kRounding);
        if (heard == in.frames()) return false;
        std::vector<std::vector<std::size_t>> suspects;
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (lags_[i]) continue;
            suspects.push_back({i});
            all.push_back(i);
        }
        if (all.size() > 1) suspects.push_back(all);
        for (const auto& own : suspects) {
            std::int64_t begin = parts_[own[0]].frames();
            std::int64_t above = begin;
            for (const std::size_t i : own) {
                begin = std::min(begin, begins_[i]);
                above = std::min(above, loud_[i]);
            }
            for (const std::int64_t lag : {heard_ - begin, heard - above}) {
                if (!heard_alone(own, lag, heard)) continue;
                for (const std::size_t i : own) {
                    move(i, lag);
                    certain_[i] = true;
                }
                return true;
            }
        }
        return false;
    }

    /// Whether what is left is, from `heard` on, these parts for a while, all with the same lag.
    bool heard_alone(std::span<const std::size_t> own, std::int64_t lag, std::int64_t heard) const {
        const Audio in = left();
        std::int64_t telling = 0;
        for (std::int64_t n = heard; n < heard + kAlone; ++n) {
            for (std::size_t channel = 0; channel < 2; ++channel) {
                double wanted = 0.0;
                for (const std::size_t i : own) {
                    wanted += static_cast<double>(parts_[i].at_or_silence(n - lag, channel));
                }
                const double found = static_cast<double>(in.at_or_silence(n, channel));
                if (std::abs(found - wanted) > kRounding) return false;
                if (std::abs(wanted) > 10.0 * kRounding) ++telling;
            }
        }
        return telling >= kAlone / 4;
    }

    Correlator::Peak search(std::size_t part) const {
        if (!searches_[part]) return {};
        const Correlator& correlator = *searches_[part];
        const Audio in = left();
        const std::int64_t excerpt = std::min(kPartExcerpt, parts_[part].frames() - begins_[part]);
        const std::int64_t together = heard_ + kTogetherSeconds * recording_.rate;
        Correlator::Peak best;
        // The excerpt may begin before the recording does, if the beginning was lost.
        for (std::int64_t at = heard_ - excerpt / 2; at < recording_.frames(); at += correlator.hop()) {
            if (at > together && best.height >= kCertainPartPeak) break;
            const Correlator::Peak peak = correlator.search(in, at);
            if (peak.height > best.height) best = peak;
        }
        return best;
    }

    void place_all() {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (lags_[i]) continue;
            const Correlator::Peak peak = search(i);
            if (peak.height >= kEvidentPeak) move(i, peak.lag);
        }
        for (std::size_t placed = 0; placed < parts_.size(); ++placed) {
            Correlator::Peak best;
            std::size_t whose = 0;
            for (std::size_t i = 0; i < parts_.size(); ++i) {
                if (lags_[i]) continue;
                const Correlator::Peak peak = search(i);
                if (peak.height <= best.height) continue;
                best = peak;
                whose = i;
            }
            if (best.height < kCertainPartPeak) return;
            lags_[whose] = best.lag;
            add(whose, -1.0);
        }
    }

    /// With all the others taken out: near the correlation's peak, or where what is left begins, as long as less remains.
    void place_again(std::size_t part) {
        const auto before = lags_[part];
        auto best = before;
        double least = remains();
        move(part, std::nullopt);
        const Correlator::Peak peak = search(part);
        std::vector<std::int64_t> candidates{first_above(left(), kRounding) -
                                             first_above(parts_[part], kRounding)};
        for (std::int64_t lag = peak.lag - kPartPeakError;
             peak.height >= kCertainPartPeak && lag <= peak.lag + kPartPeakError; ++lag) {
            candidates.push_back(lag);
        }
        for (const std::int64_t lag : candidates) {
            move(part, lag);
            const double remained = remains();
            if (remained >= least) continue;
            least = remained;
            best = lag;
        }
        move(part, best);
    }

    void move(std::size_t part, std::optional<std::int64_t> lag) {
        add(part, 1.0);
        lags_[part] = lag;
        add(part, -1.0);
    }

    void exchange() {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (!lags_[i] || !lags_[j] || lags_[i] == lags_[j] || certain_[i] || certain_[j]) continue;
                const double remained = remains();
                const auto mine = lags_[i];
                const auto theirs = lags_[j];
                move(i, theirs);
                move(j, mine);
                if (remains() < remained) continue;
                move(i, mine);
                move(j, theirs);
            }
        }
    }

    /// Root of the mean square of what no part explains.
    double remains() const {
        const std::int64_t first = std::max<std::int64_t>(heard_ - kPartExcerpt / 2, 0);
        const std::int64_t last = std::min(first + kJudged, recording_.frames());
        double power = 0.0;
        for (auto i = static_cast<std::size_t>(2 * first); i < static_cast<std::size_t>(2 * last); ++i) {
            power += static_cast<double>(left_[i]) * static_cast<double>(left_[i]);
        }
        return std::sqrt(power / (2.0 * static_cast<double>(std::max<std::int64_t>(last - first, 1))));
    }

    std::span<const Audio> parts_;
    const Audio& recording_;
    std::int64_t heard_;       // the recording's first sound
    std::vector<float> left_;  // the recording without the parts that have a lag
    std::vector<std::optional<std::int64_t>> lags_;
    std::vector<bool>
        certain_;  // heard alone from its first frame on: more of it elsewhere says where frames were lost
    std::vector<std::optional<Correlator>> searches_;
    std::vector<std::int64_t> begins_;  // the parts' first sounds
    std::vector<std::int64_t> loud_;    // and their first ones beyond rounding
};

}  // namespace

std::vector<std::optional<std::int64_t>> find_lags(std::span<const Audio> parts, const Audio& recording) {
    return Alignment(parts, recording).run();
}

}  // namespace gecko::measure
