#include "tools/measure/response.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <utility>

#include "tools/measure/cross_spectra.hpp"

namespace gecko::measure {
namespace {

using Complex = std::complex<double>;

constexpr double kLowHz = 250.0;
constexpr double kLeastCoherence = 0.999;
/// Relative to the loudest bin: below this lie the window's side lobes of louder neighbours and the
/// transform's rounding.
constexpr double kLeastPowerDb = -85.0;
/// Of the energy of one of several references, what the others do not hold too. Less than this is a matter of what lies at the edges
/// of windows: of the same song a few hundred frames later, for example.
constexpr double kLeastOwnShare = 0.1;
/// Several references are told apart by segments that are independent of each other: so many for each, of which the bins of a point
/// are worth three.
constexpr std::size_t kLeastObservations = 4;
constexpr std::size_t kObservationsPerSegment = 3;
/// Twelfths of an octave from the first: to just beyond 20 kHz.
constexpr int kBands = 121;
constexpr double kFirstBandHz = 20.0;
/// Near half the rate the converters of other systems roll off; nothing is claimed there.
constexpr double kHighestFraction = 0.46;

/// The references' part of a Hermitian matrix of cross spectra, and its last column, the recording's. Sums over bins.
class Normal {
  public:
    explicit Normal(std::size_t references)
        : references_(references), matrix_(references * references), right_(references) {}

    void add(const CrossSpectra& w, std::size_t bin) {
        for (std::size_t i = 0; i < references_; ++i) {
            for (std::size_t j = 0; j <= i; ++j)
                matrix_[i * references_ + j] += std::conj(w.cross(j, i, bin));
            right_[i] += w.cross(i, references_, bin);
        }
        recorded_ += w.power(references_)[bin];
    }

    struct Solution {
        Complex gain;
        double own_power = 0.0;    ///< of the reference, beyond what the others hold
        double unexplained = 0.0;  ///< of the recording's power, by all references together
    };
    /// Least squares over all references: what is found for one of them.
    Solution solve(std::size_t reference) const {
        Normal factor = *this;
        factor.factorise();
        std::vector<Complex> gains = right_;
        factor.solve_in_place(gains);
        std::vector<Complex> unit(references_);
        unit[reference] = 1.0;
        factor.solve_in_place(unit);
        double explained = 0.0;
        for (std::size_t i = 0; i < references_; ++i) explained += (std::conj(right_[i]) * gains[i]).real();
        return {.gain = gains[reference],
                .own_power = 1.0 / unit[reference].real(),
                .unexplained = std::max(recorded_ - explained, 0.0)};
    }
    double power(std::size_t reference) const { return matrix_[reference * references_ + reference].real(); }

  private:
    Complex& at(std::size_t i, std::size_t j) { return matrix_[i * references_ + j]; }

    /// Cholesky, in the lower triangle. References that are the same here, or silent, leave a pivot next to nothing, and so a power
    /// of next to nothing that is a reference's own.
    void factorise() {
        double largest = 0.0;
        for (std::size_t i = 0; i < references_; ++i) largest = std::max(largest, power(i));
        for (std::size_t j = 0; j < references_; ++j) {
            const double least = 1e-13 * power(j) + 1e-30 * largest + 1e-300;
            for (std::size_t i = j; i < references_; ++i) {
                Complex sum = at(i, j);
                for (std::size_t k = 0; k < j; ++k) sum -= at(i, k) * std::conj(at(j, k));
                at(i, j) = i == j ? Complex(std::sqrt(std::max(sum.real(), least))) : sum / at(j, j);
            }
        }
    }
    void solve_in_place(std::vector<Complex>& v) {
        for (std::size_t i = 0; i < references_; ++i) {
            for (std::size_t k = 0; k < i; ++k) v[i] -= at(i, k) * v[k];
            v[i] /= at(i, i);
        }
        for (std::size_t i = references_; i-- > 0;) {
            for (std::size_t k = i + 1; k < references_; ++k) v[i] -= std::conj(at(k, i)) * v[k];
            v[i] /= at(i, i);
        }
    }

    std::size_t references_;
    std::vector<Complex> matrix_;  // rows; the lower triangle counts
    std::vector<Complex> right_;
    double recorded_ = 0.0;
};

double own_power(const CrossSpectra& w, std::size_t references, std::size_t reference, std::size_t bin) {
    if (references == 1) return w.power(reference)[bin];
    Normal one(references);
    one.add(w, bin);
    return one.solve(reference).own_power;
}

ResponsePoint measure_point(const CrossSpectra& w, double rate, std::size_t references, std::size_t reference,
                            double wanted) {
    ResponsePoint point{.wanted_hz = wanted};
    if (wanted > kHighestFraction * rate) return point;
    // The loudest bin within a twelfth of an octave, with its neighbours: the Hann window spreads a line over
    // four bins.
    const double edge = std::exp2(1.0 / 24.0);
    const std::size_t low = std::max<std::size_t>(std::min(w.bin(wanted / edge), w.bin(wanted) - 1), 3);
    const std::size_t high = std::min(std::max(w.bin(wanted * edge), w.bin(wanted) + 1), w.cross_bins() - 4);
    if (low > high) return point;
    std::size_t loudest = low;
    double most = 0.0;
    for (std::size_t k = low; k <= high; ++k) {
        const double power_there = own_power(w, references, reference, k);
        if (power_there > most) {
            loudest = k;
            most = power_there;
        }
    }
    const std::span<const double> power = w.power(reference);
    Normal sum(references);
    double moment = 0.0;
    double own = 0.0;
    for (std::size_t k = loudest - 2; k <= loudest + 2; ++k) {
        sum.add(w, k);
        own += own_power(w, references, reference, k);
        moment += power[k] * w.hz(k);
    }
    const double before = sum.power(reference);
    const double top = *std::ranges::max_element(power);
    const auto found = sum.solve(reference);
    if (!(found.own_power > top * std::pow(10.0, kLeastPowerDb / 10.0))) return point;
    const double heard = std::norm(found.gain) * found.own_power;
    if (!(heard > 0.0)) return point;
    point.frequency_hz = moment / before;
    point.gain_db = 20.0 * std::log10(std::abs(found.gain));
    point.coherence = heard / (heard + found.unexplained);
    point.own_share = own / before;
    point.measured = point.coherence >= kLeastCoherence;
    if (references > 1) {
        const bool told_apart = point.own_share >= kLeastOwnShare &&
                                kObservationsPerSegment * w.segments() >= kLeastObservations * references;
        point.measured = point.measured && told_apart;
    }
    return point;
}

std::vector<double> band_centres(double rate) {
    std::vector<double> centres;
    for (int i = 0; i < kBands; ++i) {
        const double centre = kFirstBandHz * std::exp2(i / 12.0);
        if (centre * std::exp2(1.0 / 24.0) >= 0.5 * rate) break;
        centres.push_back(centre);
    }
    return centres;
}

double band_db(const CrossSpectra& w, std::size_t signal, double centre) {
    const double half_band = std::exp2(1.0 / 24.0);
    const std::size_t last = std::max(w.bin(centre * half_band), w.bin(centre / half_band) + 1);
    double power = 0.0;
    for (std::size_t k = w.bin(centre / half_band); k < last; ++k) power += w.power(signal)[k];
    return 10.0 * std::log10(power / w.full_scale() + 1e-20);
}

}  // namespace

MixResponse measure_mix_response(std::span<const Placed> references, const Audio& recording,
                                 std::span<const double> wanted_hz) {
    std::vector<Placed> signals(references.begin(), references.end());
    signals.push_back({.audio = recording, .lag = 0});
    std::int64_t begin = references.front().lag;
    std::int64_t end = begin;
    for (const Placed& reference : references) {
        begin = std::min(begin, reference.lag);
        end = std::max(end, reference.lag + reference.audio.frames());
    }
    // 32768 at 44.1 and 48 kHz, 65536 at twice these, and so on.
    const std::size_t size =
        32768 * std::bit_ceil(std::max<std::size_t>((recording.rate + 24000) / 48000, 1));
    const auto rate = static_cast<double>(recording.rate);
    const CrossSpectra low(signals, begin, end, 4 * size, 2.0 * kLowHz);
    const CrossSpectra high(signals, begin, end, size, 0.5 * rate);
    MixResponse response;
    for (std::size_t i = 0; i < references.size(); ++i) {
        std::vector<ResponsePoint>& points = response.points.emplace_back();
        for (const double wanted : wanted_hz) {
            points.push_back(measure_point(wanted < kLowHz ? low : high, rate, references.size(), i, wanted));
        }
    }
    response.frequency_hz = band_centres(rate);
    for (std::size_t i = 0; i < signals.size(); ++i) {
        std::vector<double>& levels = response.level_db.emplace_back();
        for (const double centre : response.frequency_hz) {
            levels.push_back(band_db(centre < kLowHz ? low : high, i, centre));
        }
    }
    return response;
}

Response measure_response(const Audio& reference, const Audio& recording, std::int64_t lag,
                          std::span<const double> wanted_hz) {
    const Placed placed{.audio = reference, .lag = lag};
    MixResponse response = measure_mix_response(std::span(&placed, 1), recording, wanted_hz);
    return {.points = std::move(response.points[0]),
            .spectrum = {.frequency_hz = std::move(response.frequency_hz),
                         .before_db = std::move(response.level_db[0]),
                         .after_db = std::move(response.level_db[1])}};
}

}  // namespace gecko::measure
