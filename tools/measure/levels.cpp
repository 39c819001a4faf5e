#include "tools/measure/levels.hpp"

#include <algorithm>
#include <cmath>

namespace gecko::measure {

Levels measure_levels(const Audio& audio, std::int64_t begin, std::int64_t frames) {
    Levels levels;
    for (std::size_t channel = 0; channel < 2; ++channel) {
        double peak = 0.0;
        double power = 0.0;
        for (std::int64_t n = begin; n < begin + frames; ++n) {
            const auto sample = static_cast<double>(audio.at_or_silence(n, channel));
            peak = std::max(peak, std::abs(sample));
            power += sample * sample;
        }
        levels.peak_db[channel] = 20.0 * std::log10(peak);
        levels.rms_db[channel] = 10.0 * std::log10(power / static_cast<double>(frames));
    }
    return levels;
}

}  // namespace gecko::measure
