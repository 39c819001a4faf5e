#include "tools/measure/alignment.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

#include "tools/measure/correlator.hpp"
#include "tools/measure/path_model.hpp"

namespace gecko::measure {
namespace {

constexpr std::int64_t kExcerpt = std::int64_t{1} << 18;  // of the reference, at most
/// A peak this many standard deviations high is no accident: among a million values of noise the highest has
/// about 5.
constexpr double kCertainPeak = 15.0;
constexpr std::int64_t kOpening = 65536;
constexpr std::int64_t kNear = 64;
constexpr std::int64_t kEqualRun = 4096;

bool equal_at(const Audio& reference, const Audio& recording, std::int64_t begin, std::int64_t lag) {
    const std::int64_t end = std::min(begin + kEqualRun, reference.frames());
    for (std::int64_t n = begin; n < end; ++n) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            if (reference.at(n, channel) != recording.at_or_silence(n + lag, channel)) return false;
        }
    }
    return begin < end;
}

/// Whether the reference, from its first sound on, is heard at this lag as it is or through an equaliser.
bool begins_at(const Audio& reference, const Audio& recording, std::int64_t begin, std::int64_t lag) {
    return equal_at(reference, recording, begin, lag) ||
           fit_common_path(reference, recording, lag, std::array{begin}).has_value();
}

/// How many stretches of the opening, which begins at `begin`, an equaliser explains at this lag.
std::size_t explained(const Audio& reference, const Audio& recording, std::int64_t begin, std::int64_t lag) {
    std::array<std::int64_t, kOpening / kStretch> begins{};
    for (std::int64_t& at : begins) at = begin + (&at - begins.data()) * kStretch;
    const auto path = fit_common_path(reference, recording, lag, begins);
    return path ? path->stretches.size() : 0;
}

}  // namespace

std::optional<std::int64_t> find_lag(const Audio& reference, const Audio& recording) {
    const std::int64_t begin = reference.first_sound();
    const std::int64_t heard = recording.first_sound();
    if (begin == reference.frames() || heard == recording.frames()) return std::nullopt;
    // A correlation of tones has many peaks, and whitening may raise a wrong one; the onset is no matter of
    // degree.
    const std::int64_t onset = heard - begin;
    if (begins_at(reference, recording, begin, onset)) return onset;

    const std::int64_t excerpt = std::min(kExcerpt, reference.frames() - begin);
    const Correlator correlator(reference, begin, excerpt);

    // The excerpt may begin before the recording does, if the song's beginning was lost.
    Correlator::Peak best;
    for (std::int64_t at = heard - excerpt / 2; at < recording.frames(); at += correlator.hop()) {
        const Correlator::Peak peak = correlator.search(recording, at);
        if (peak.height > best.height) best = peak;
        if (best.height > 10.0 * kCertainPeak) break;
    }
    if (best.height < kCertainPeak) return std::nullopt;

    // Where frames are lost or repeated further on, the excerpt's best place is not where the song begins. But
    // among tones the opening's best place may be an accident.
    const std::int64_t opening = std::min(kOpening, excerpt);
    const auto first =
        Correlator(reference, begin, opening).search(recording, begin + best.lag - opening / 2);
    if (first.height >= kCertainPeak &&
        (std::abs(first.lag - best.lag) <= kNear || explained(reference, recording, begin, first.lag) >=
                                                        explained(reference, recording, begin, best.lag))) {
        best = first;
    }

    // Tried at several places, for any one may be damaged.
    for (std::int64_t from = begin; from < begin + excerpt; from += excerpt / 8 + 1) {
        const std::int64_t sound = reference.first_sound(from);
        for (std::int64_t lag = best.lag - kNear; lag <= best.lag + kNear; ++lag) {
            if (equal_at(reference, recording, sound, lag)) return lag;
        }
    }
    return std::abs(onset - best.lag) <= kNear ? onset : best.lag;
}

}  // namespace gecko::measure
