#include "tests/dsp/signals.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <random>

namespace gecko::dsp::test {
namespace {

// Modified Bessel function of the first kind, order 0 (libc++ lacks std::cyl_bessel_i).
double bessel_i0(double x) {
    double term = 1.0;
    double sum = 1.0;
    for (int k = 1; term > sum * 1e-18; ++k) {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

// Windowed-sinc high-pass, 6 dB down at 3 kHz; Kaiser window for 170 dB and a transition from 2 to 4 kHz.
std::vector<double> high_pass(double rate_hz) {
    constexpr double kAttenuationDb = 170.0;
    const double beta = 0.1102 * (kAttenuationDb - 8.7);
    const double transition = 2.0 * std::numbers::pi * 2000.0 / rate_hz;
    const auto half = static_cast<int>(std::ceil((kAttenuationDb - 8.0) / (2.285 * transition) / 2.0));
    const double cutoff = 2.0 * 3000.0 / rate_hz;
    std::vector<double> taps;
    double sum = 0.0;
    for (int n = -half; n <= half; ++n) {
        const double x = std::numbers::pi * cutoff * n;
        const double sinc = n == 0 ? 1.0 : std::sin(x) / x;
        const double position = static_cast<double>(n) / (half + 1);
        const double window = bessel_i0(beta * std::sqrt(1.0 - position * position)) / bessel_i0(beta);
        taps.push_back(cutoff * sinc * window);
        sum += taps.back();
    }
    // The low-pass, exactly 1 at 0 Hz, taken from a unit impulse.
    for (double& tap : taps) tap /= -sum;
    taps[static_cast<std::size_t>(half)] += 1.0;
    return taps;
}

}  // namespace

std::uint64_t seed() {
    const char* chosen = std::getenv("GECKO_TEST_SEED");
    const std::uint64_t value =
        chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : std::random_device{}();
    std::printf("GECKO_TEST_SEED=%llu\n", static_cast<unsigned long long>(value));
    return value;
}

std::vector<float> noise(std::size_t frames, float peak, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<float> value(-peak, peak);
    std::vector<float> audio(2 * frames);
    for (float& sample : audio) sample = value(random);
    return audio;
}

std::vector<float> sine(std::size_t frames, double frequency_hz, double amplitude, double rate_hz) {
    std::vector<float> audio;
    audio.reserve(2 * frames);
    for (std::size_t i = 0; i < frames; ++i) {
        const double phase = 2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / rate_hz;
        const auto value = static_cast<float>(amplitude * std::sin(phase));
        audio.push_back(value);
        audio.push_back(-value);
    }
    return audio;
}

std::vector<double> channel(std::span<const float> audio, std::size_t index) {
    std::vector<double> samples;
    samples.reserve(audio.size() / 2);
    for (std::size_t i = index; i < audio.size(); i += 2) samples.push_back(static_cast<double>(audio[i]));
    return samples;
}

std::complex<double> spectrum_at(std::span<const double> signal, double frequency_hz, double rate_hz) {
    const std::complex<double> turn = std::polar(1.0, -2.0 * std::numbers::pi * frequency_hz / rate_hz);
    double re = 1.0;
    double im = 0.0;
    double sum_re = 0.0;
    double sum_im = 0.0;
    for (const double sample : signal) {
        sum_re += sample * re;
        sum_im += sample * im;
        const double next = re * turn.real() - im * turn.imag();
        im = re * turn.imag() + im * turn.real();
        re = next;
    }
    return {sum_re, sum_im};
}

std::vector<double> log_spaced(double lowest, double highest, std::size_t count) {
    std::vector<double> frequencies;
    frequencies.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        frequencies.push_back(
            lowest * std::pow(highest / lowest, static_cast<double>(i) / static_cast<double>(count - 1)));
    }
    return frequencies;
}

double residual_above_4khz_dbfs(std::span<const double> signal, double rate_hz) {
    const std::vector<double> taps = high_pass(rate_hz);
    double peak = 0.0;
    for (std::size_t at = 0; at + taps.size() <= signal.size(); ++at) {
        double sum = 0.0;
        for (std::size_t k = 0; k < taps.size(); ++k) sum += taps[k] * signal[at + k];
        peak = std::max(peak, std::abs(sum));
    }
    return 20.0 * std::log10(peak);
}

}  // namespace gecko::dsp::test
