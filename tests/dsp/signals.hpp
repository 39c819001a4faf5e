#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dsp/design.hpp"

/// Signals and measurements for the tests of dsp/. Audio is interleaved stereo; counts are frames.
namespace gecko::dsp::test {

inline constexpr std::array<double, 12> kRates{8000.0,  16000.0, 24000.0,  32000.0,  44100.0,  48000.0,
                                               88200.0, 96000.0, 176400.0, 192000.0, 352800.0, 384000.0};

/// Whether the rate leaves a band of this frequency room to act in (dsp/design.hpp).
constexpr bool has_room(double frequency_hz, double rate_hz) {
    return frequency_hz < kHighestDesignFraction * rate_hz;
}

/// A seed for this run, printed; the environment variable GECKO_TEST_SEED repeats one.
std::uint64_t seed();

/// Uniform noise between -`peak` and `peak`, the channels independent.
std::vector<float> noise(std::size_t frames, float peak, std::uint64_t seed);

/// A sine on the left and its negative on the right, beginning at phase 0.
std::vector<float> sine(std::size_t frames, double frequency_hz, double amplitude, double rate_hz);

/// One channel of interleaved audio.
std::vector<double> channel(std::span<const float> audio, std::size_t index);

/// The spectrum of `signal` at one frequency.
std::complex<double> spectrum_at(std::span<const double> signal, double frequency_hz, double rate_hz);

/// `count` frequencies from `lowest` to `highest`, evenly spaced in pitch.
std::vector<double> log_spaced(double lowest, double highest, std::size_t count);

/// The highest peak, in dBFS, of what is left of `signal` above 4 kHz (what is below 2 kHz is down by more than 160 dB;
/// a linear-phase filter). The ends, where the filter does not yet overlap the signal wholly, are left out.
double residual_above_4khz_dbfs(std::span<const double> signal, double rate_hz);

/// Feeds `audio` to `process(span)` in blocks of `block` frames.
template <typename Process>
void in_blocks(std::span<float> audio, std::size_t block, Process process) {
    while (!audio.empty()) {
        const std::size_t count = audio.size() < 2 * block ? audio.size() : 2 * block;
        process(audio.first(count));
        audio = audio.subspan(count);
    }
}

}  // namespace gecko::dsp::test
