#include "tools/measure/response.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "tools/measure/fft.hpp"

namespace gecko::measure {
namespace {

constexpr double kLowHz = 250.0;
constexpr double kLeastCoherence = 0.999;
/// Relative to the loudest bin: below this lie the window's side lobes of louder neighbours and the
/// transform's rounding.
constexpr double kLeastPowerDb = -85.0;
/// Twelfths of an octave from the first: to just beyond 20 kHz.
constexpr int kBands = 121;
constexpr double kFirstBandHz = 20.0;
/// Near half the rate the converters of other systems roll off; nothing is claimed there.
constexpr double kHighestFraction = 0.46;

/// Power and cross spectra added up over segments and channels.
struct Welch {
    double rate = 0.0;
    std::size_t size = 0;
    double scale = 0.0;  // power of a full-scale sine over the bins of its line
    std::vector<double> before, after;
    std::vector<std::complex<double>> cross;

    double hz(std::size_t bin) const { return static_cast<double>(bin) * rate / static_cast<double>(size); }
    std::size_t bin(double frequency) const {
        const double k = std::round(frequency * static_cast<double>(size) / rate);
        return std::min(static_cast<std::size_t>(std::max(k, 1.0)), before.size() - 1);
    }
};

Welch welch(const Audio& reference, const Audio& recording, std::int64_t lag, std::size_t size) {
    const RealFft fft(size);
    Welch sums{.rate = static_cast<double>(reference.rate),
               .size = size,
               .scale = 0.0,
               .before = std::vector<double>(fft.bins()),
               .after = std::vector<double>(fft.bins()),
               .cross = std::vector<std::complex<double>>(fft.bins())};
    std::vector<float> window(size);
    double window_power = 0.0;
    for (std::size_t n = 0; n < size; ++n) {
        const double phase = 2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(size);
        window[n] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
        window_power += std::pow(static_cast<double>(window[n]), 2);
    }

    std::vector<float> time(size);
    std::vector<std::complex<float>> x(fft.bins());
    std::vector<std::complex<float>> y(fft.bins());
    const auto transform = [&](const Audio& audio, std::int64_t begin, std::size_t channel, auto& spectrum) {
        for (std::size_t n = 0; n < size; ++n) {
            time[n] = window[n] * audio.at_or_silence(begin + static_cast<std::int64_t>(n), channel);
        }
        fft.forward(time, spectrum);
    };
    // From half a window before the song, so that its first frames weigh as much as the others.
    const auto half = static_cast<std::int64_t>(size / 2);
    double segments = 0.0;
    for (std::int64_t begin = -half; begin < reference.frames(); begin += half) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            transform(reference, begin, channel, x);
            transform(recording, begin + lag, channel, y);
            for (std::size_t k = 0; k < x.size(); ++k) {
                const std::complex<double> a(x[k]);
                const std::complex<double> b(y[k]);
                sums.before[k] += std::norm(a);
                sums.after[k] += std::norm(b);
                sums.cross[k] += std::conj(a) * b;
            }
        }
        segments += 1.0;
    }
    // A full-scale sine on both channels has power size * window_power / 4 a segment and channel, spread over
    // its bins.
    sums.scale = segments * 2.0 * static_cast<double>(size) * window_power / 4.0;
    return sums;
}

ResponsePoint measure_point(const Welch& w, double wanted) {
    ResponsePoint point{.wanted_hz = wanted};
    if (wanted > kHighestFraction * w.rate) return point;
    // The loudest bin within a twelfth of an octave, with its neighbours: the Hann window spreads a line over
    // four bins.
    const double edge = std::exp2(1.0 / 24.0);
    const std::size_t low = std::max<std::size_t>(std::min(w.bin(wanted / edge), w.bin(wanted) - 1), 3);
    const std::size_t high = std::min(std::max(w.bin(wanted * edge), w.bin(wanted) + 1), w.before.size() - 4);
    if (low > high) return point;
    std::size_t loudest = low;
    for (std::size_t k = low; k <= high; ++k) {
        if (w.before[k] > w.before[loudest]) loudest = k;
    }
    double before = 0.0;
    double after = 0.0;
    double moment = 0.0;
    std::complex<double> cross = 0.0;
    for (std::size_t k = loudest - 2; k <= loudest + 2; ++k) {
        before += w.before[k];
        after += w.after[k];
        cross += w.cross[k];
        moment += w.before[k] * w.hz(k);
    }
    const double top = *std::ranges::max_element(w.before);
    if (!(w.before[loudest] > top * std::pow(10.0, kLeastPowerDb / 10.0)) || !(after > 0.0)) return point;
    point.frequency_hz = moment / before;
    point.gain_db = 20.0 * std::log10(std::abs(cross) / before);
    point.coherence = std::norm(cross) / (before * after);
    point.measured = point.coherence >= kLeastCoherence;
    return point;
}

Spectrum bands(const Welch& low, const Welch& high) {
    Spectrum spectrum;
    const double half_band = std::exp2(1.0 / 24.0);
    for (int i = 0; i < kBands; ++i) {
        const double centre = kFirstBandHz * std::exp2(i / 12.0);
        if (centre * half_band >= 0.5 * high.rate) break;
        const Welch& w = centre < kLowHz ? low : high;
        double before = 0.0;
        double after = 0.0;
        const std::size_t last = std::max(w.bin(centre * half_band), w.bin(centre / half_band) + 1);
        for (std::size_t k = w.bin(centre / half_band); k < last; ++k) {
            before += w.before[k];
            after += w.after[k];
        }
        spectrum.frequency_hz.push_back(centre);
        spectrum.before_db.push_back(10.0 * std::log10(before / w.scale + 1e-20));
        spectrum.after_db.push_back(10.0 * std::log10(after / w.scale + 1e-20));
    }
    return spectrum;
}

}  // namespace

Response measure_response(const Audio& reference, const Audio& recording, std::int64_t lag,
                          std::span<const double> wanted_hz) {
    // 32768 at 44.1 and 48 kHz, 65536 at twice these, and so on.
    const auto size = 32768 * std::bit_ceil(std::max<std::size_t>((reference.rate + 24000) / 48000, 1));
    const Welch low = welch(reference, recording, lag, 4 * size);
    const Welch high = welch(reference, recording, lag, size);
    Response response;
    for (const double wanted : wanted_hz) {
        response.points.push_back(measure_point(wanted < kLowHz ? low : high, wanted));
    }
    response.spectrum = bands(low, high);
    return response;
}

}  // namespace gecko::measure
