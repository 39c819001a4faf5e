#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

#include "tools/measure/audio.hpp"

namespace gecko::measure {

/// Broadband audio with the shape of music: pink noise in swells, chords that change twice a second, silence
/// at both ends.
inline std::vector<float> test_music(std::uint32_t rate, double seconds, std::uint32_t seed = 1) {
    std::mt19937 random(seed);
    // Not std::uniform_real_distribution, whose numbers differ from library to library.
    const auto noise = [](std::mt19937& from) { return static_cast<double>(from()) / 2147483648.0 - 1.0; };
    const auto frames = static_cast<std::size_t>(seconds * rate);
    const std::size_t silence = rate / 100;
    std::vector<float> music(2 * frames);
    double pink[2][3] = {};
    double chord[3] = {110.0, 220.0, 329.6};
    double phase[3] = {};
    for (std::size_t n = silence; n + silence < frames; ++n) {
        if (n % (rate / 2) == 0) {
            for (double& hz : chord) hz = 55.0 * std::exp2(4.0 * (noise(random) + 1.0) / 2.0);
        }
        const double swell =
            0.55 + 0.45 * std::sin(2.0 * std::numbers::pi * 1.3 * static_cast<double>(n) / rate);
        double tones = 0.0;
        for (int i = 0; i < 3; ++i) {
            phase[i] += chord[i] / rate;
            tones += std::sin(2.0 * std::numbers::pi * phase[i]);
        }
        for (std::size_t channel = 0; channel < 2; ++channel) {
            const double white = noise(random);
            double* p = pink[channel];
            p[0] = 0.9988 * p[0] + 0.056 * white;
            p[1] = 0.963 * p[1] + 0.11 * white;
            p[2] = 0.57 * p[2] + 0.15 * white;
            const double sample = 0.15 * swell * (p[0] + p[1] + p[2] + 0.1 * white) + 0.1 * tones;
            // On the grid of a 24-bit file.
            music[2 * n + channel] =
                static_cast<float>(std::round(std::clamp(sample, -0.99, 0.99) * 8388608.0) / 8388608.0);
        }
    }
    return music;
}

/// `before` frames of silence, the audio, `after` frames of silence.
inline std::vector<float> between_silence(const std::vector<float>& audio, std::size_t before,
                                          std::size_t after) {
    std::vector<float> out(2 * before);
    out.insert(out.end(), audio.begin(), audio.end());
    out.resize(out.size() + 2 * after);
    return out;
}

}  // namespace gecko::measure
