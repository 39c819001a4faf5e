#include "audio_files.hpp"

#include <sndfile.h>

#include <algorithm>
#include <random>
#include <stdexcept>

namespace gecko::testing {

Audio broadband(std::uint32_t seed, int rate, int channels, double seconds) {
    Audio audio{.rate = rate, .channels = channels, .samples = {}};
    audio.samples.resize(static_cast<std::size_t>(seconds * rate) * static_cast<std::size_t>(channels));
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> white(-1.0, 1.0);
    std::vector<double> slow(static_cast<std::size_t>(channels), 0.0);
    for (std::size_t i = 0; i < audio.samples.size(); ++i) {
        double& low = slow[i % slow.size()];
        low = 0.995 * low + 0.02 * white(random);
        audio.samples[i] = static_cast<float>(std::clamp(low + 0.15 * white(random), -0.5, 0.5));
    }
    return audio;
}

void write_audio(const std::string& path, const Audio& audio, int format) {
    SF_INFO info{.frames = 0,
                 .samplerate = audio.rate,
                 .channels = audio.channels,
                 .format = format,
                 .sections = 0,
                 .seekable = 0};
    SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
    if (file == nullptr) throw std::runtime_error(path + ": " + sf_strerror(nullptr));
    sf_writef_float(file, audio.samples.data(), static_cast<sf_count_t>(audio.frames()));
    sf_close(file);
}

Audio read_audio(const std::string& path) {
    SF_INFO info{};
    SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
    if (file == nullptr) throw std::runtime_error(path + ": " + sf_strerror(nullptr));
    Audio audio{.rate = info.samplerate, .channels = info.channels, .samples = {}};
    audio.samples.resize(static_cast<std::size_t>(info.frames) * static_cast<std::size_t>(info.channels));
    sf_readf_float(file, audio.samples.data(), info.frames);
    sf_close(file);
    return audio;
}

}  // namespace gecko::testing
