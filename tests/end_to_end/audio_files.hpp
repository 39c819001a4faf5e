#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gecko::testing {

/// Interleaved samples as libsndfile reads them.
struct Audio {
    int rate = 0;
    int channels = 0;
    std::vector<float> samples;

    [[nodiscard]] std::size_t frames() const { return samples.size() / static_cast<std::size_t>(channels); }
};

/// Pink-ish noise with a different voice on each channel: energy at all frequencies, peak below 0.5.
Audio broadband(std::uint32_t seed, int rate, int channels, double seconds);

/// `format` is libsndfile's (SF_FORMAT_...). Float samples are rounded to what the format holds.
void write_audio(const std::string& path, const Audio& audio, int format);
Audio read_audio(const std::string& path);

}  // namespace gecko::testing
