#include "tools/measure/correlator.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

namespace gecko::measure {

Correlator::Correlator(const Audio& reference, std::int64_t begin, std::int64_t frames)
    : begin_(begin),
      frames_(frames),
      fft_(2 * static_cast<std::size_t>(std::bit_ceil(static_cast<std::uint64_t>(frames)))) {
    for (std::size_t channel = 0; channel < 2; ++channel) {
        reference_[channel] = transform(reference, begin, frames, channel);
    }
}

Correlator::Peak Correlator::search(const Audio& recording, std::int64_t at) const {
    Spectrum cross(fft_.bins());
    std::vector<float> weight(fft_.bins());
    for (std::size_t channel = 0; channel < 2; ++channel) {
        const Spectrum heard = transform(recording, at, static_cast<std::int64_t>(fft_.size()), channel);
        for (std::size_t k = 0; k < cross.size(); ++k) {
            cross[k] += std::conj(reference_[channel][k]) * heard[k];
            weight[k] += std::abs(reference_[channel][k]) * std::abs(heard[k]);
        }
    }
    double mean = 0.0;
    for (const float w : weight) mean += static_cast<double>(w);
    mean /= static_cast<double>(weight.size());
    if (mean <= 0.0) return {};
    // Whitened, so that a filter's or a melody's own correlation does not blur the peak; but bins with next
    // to no energy hold rounding errors and get next to no weight.
    const auto floor = static_cast<float>(1e-3 * mean);
    for (std::size_t k = 0; k < cross.size(); ++k) cross[k] /= weight[k] + floor;
    std::vector<float> correlation(fft_.size());
    fft_.inverse(cross, correlation);

    double power = 0.0;
    for (const float c : correlation) power += static_cast<double>(c) * static_cast<double>(c);
    const auto candidates = std::span(correlation).first(static_cast<std::size_t>(hop()));
    const auto best = std::ranges::max_element(candidates, {}, [](float c) { return std::abs(c); });
    const double sigma = std::sqrt(power / static_cast<double>(correlation.size()));
    return {.height = static_cast<double>(std::abs(*best)) / sigma,
            .lag = at + (best - candidates.begin()) - begin_};
}

Correlator::Spectrum Correlator::transform(const Audio& audio, std::int64_t begin, std::int64_t frames,
                                           std::size_t channel) const {
    std::vector<float> time(fft_.size());
    for (std::int64_t n = 0; n < frames; ++n) {
        time[static_cast<std::size_t>(n)] = audio.at_or_silence(begin + n, channel);
    }
    Spectrum spectrum(fft_.bins());
    fft_.forward(time, spectrum);
    return spectrum;
}

}  // namespace gecko::measure
