#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/measure/audio.hpp"

namespace gecko::measure {

/// Audio on the recording's time line: frame n of it is at frame n + lag there.
struct Placed {
    Audio audio;
    std::int64_t lag = 0;
};

/// Power and cross spectra of several signals by Welch's method: Hann windows that overlap by half, both channels together,
/// added up in double precision.
class CrossSpectra {
  public:
    /// Windows of `size` frames, the first from half a window before `begin` on, so that first frames weigh as much as the others,
    /// until `end`. Cross spectra are there up to `highest_hz`, powers up to half the rate.
    CrossSpectra(std::span<const Placed> signals, std::int64_t begin, std::int64_t end, std::size_t size,
                 double highest_hz);

    double hz(std::size_t bin) const { return static_cast<double>(bin) * rate_ / static_cast<double>(size_); }
    /// The nearest bin but 0.
    std::size_t bin(double frequency_hz) const;

    std::span<const double> power(std::size_t signal) const { return powers_[signal]; }
    /// conj(a) b; `first` <= `second`.
    std::complex<double> cross(std::size_t first, std::size_t second, std::size_t bin) const {
        return crosses_[index(first, second)][bin];
    }
    /// How many bins cross() knows.
    std::size_t cross_bins() const { return cross_bins_; }
    std::size_t segments() const { return segments_; }
    /// Power of a sine of full scale on both channels, spread over the bins of its line.
    double full_scale() const { return full_scale_; }

  private:
    /// Of the upper triangle, without the diagonal's spectra being stored twice.
    std::size_t index(std::size_t first, std::size_t second) const {
        return second * (second + 1) / 2 + first;
    }

    double rate_;
    std::size_t size_;
    std::size_t cross_bins_ = 0;
    std::size_t segments_ = 0;
    double full_scale_ = 0.0;
    std::vector<std::vector<double>> powers_;                 // by signal
    std::vector<std::vector<std::complex<double>>> crosses_;  // by index()
};

}  // namespace gecko::measure
