#include "tools/measure/cross_spectra.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tools/measure/fft.hpp"

namespace gecko::measure {

std::size_t CrossSpectra::bin(double frequency_hz) const {
    const double k = std::round(frequency_hz * static_cast<double>(size_) / rate_);
    return std::min(static_cast<std::size_t>(std::max(k, 1.0)), size_ / 2);
}

CrossSpectra::CrossSpectra(std::span<const Placed> signals, std::int64_t begin, std::int64_t end,
                           std::size_t size, double highest_hz)
    : rate_(static_cast<double>(signals.front().audio.rate)), size_(size) {
    const RealFft fft(size);
    cross_bins_ = std::min(bin(highest_hz) + 1, fft.bins());
    powers_.assign(signals.size(), std::vector<double>(fft.bins()));
    crosses_.assign(index(0, signals.size()), std::vector<std::complex<double>>(cross_bins_));

    std::vector<float> window(size);
    double window_power = 0.0;
    for (std::size_t n = 0; n < size; ++n) {
        const double phase = 2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(size);
        window[n] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
        window_power += std::pow(static_cast<double>(window[n]), 2);
    }
    std::vector<float> time(size);
    std::vector<std::vector<std::complex<float>>> spectra(signals.size(),
                                                          std::vector<std::complex<float>>(fft.bins()));
    const auto half = static_cast<std::int64_t>(size / 2);
    for (std::int64_t from = begin - half; from < end; from += half) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            for (std::size_t i = 0; i < signals.size(); ++i) {
                const std::int64_t at = from - signals[i].lag;
                for (std::size_t n = 0; n < size; ++n) {
                    time[n] = window[n] *
                              signals[i].audio.at_or_silence(at + static_cast<std::int64_t>(n), channel);
                }
                fft.forward(time, spectra[i]);
                for (std::size_t k = 0; k < fft.bins(); ++k) {
                    powers_[i][k] += std::norm(std::complex<double>(spectra[i][k]));
                }
            }
            for (std::size_t second = 0; second < signals.size(); ++second) {
                for (std::size_t first = 0; first <= second; ++first) {
                    auto& sum = crosses_[index(first, second)];
                    for (std::size_t k = 0; k < cross_bins_; ++k) {
                        sum[k] += std::conj(std::complex<double>(spectra[first][k])) *
                                  std::complex<double>(spectra[second][k]);
                    }
                }
            }
        }
        ++segments_;
    }
    // A full-scale sine on both channels has power size * window_power / 4 a segment and channel, spread over its bins.
    full_scale_ = static_cast<double>(segments_) * 2.0 * static_cast<double>(size) * window_power / 4.0;
}

}  // namespace gecko::measure
