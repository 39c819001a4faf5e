#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

#include "tools/measure/audio.hpp"
#include "tools/measure/fft.hpp"

namespace gecko::measure {

/// Finds an excerpt of a reference in recordings by whitened cross-correlation, both channels together.
class Correlator {
  public:
    /// The excerpt: `frames` frames of the reference from `begin`.
    Correlator(const Audio& reference, std::int64_t begin, std::int64_t frames);

    struct Peak {
        double height = 0.0;   ///< in standard deviations of the correlation
        std::int64_t lag = 0;  ///< frame in the recording minus frame in the reference
    };
    /// The best place for the excerpt to begin at in [at, at + hop()) of the recording.
    Peak search(const Audio& recording, std::int64_t at) const;

    std::int64_t hop() const { return static_cast<std::int64_t>(fft_.size()) - frames_; }

  private:
    using Spectrum = std::vector<std::complex<float>>;
    Spectrum transform(const Audio& audio, std::int64_t begin, std::int64_t frames,
                       std::size_t channel) const;

    std::int64_t begin_;
    std::int64_t frames_;
    RealFft fft_;
    std::array<Spectrum, 2> reference_;
};

}  // namespace gecko::measure
