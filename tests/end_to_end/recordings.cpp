#include "recordings.hpp"

#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>

namespace gecko::testing {
namespace {

constexpr std::size_t kChance = 64;

/// The samples behind the header, which says nothing of them where the server was killed.
Audio read_floats(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    Audio audio{.rate = 0, .channels = 2, .samples = {}};
    const std::size_t data = bytes.find("data");
    if (data == std::string::npos) return audio;
    const std::size_t first = data + 8;  // behind its name and its size
    const std::size_t frames = (bytes.size() - first) / (2 * sizeof(float));
    if (frames == 0) return audio;
    audio.samples.resize(2 * frames);
    std::memcpy(audio.samples.data(), bytes.data() + first, audio.samples.size() * sizeof(float));
    return audio;
}

std::uint64_t key_of(const Audio& audio, std::size_t frame) {
    const auto bits = [&](std::size_t channel) {
        return std::uint64_t{std::bit_cast<std::uint32_t>(audio.samples[2 * frame + channel])};
    };
    return bits(0) << 32 | bits(1);
}

}  // namespace

std::vector<Line> recorded_lines(const std::filesystem::path& folder, const std::string& device) {
    std::vector<Line> lines;
    for (int number = 1;; ++number) {
        const auto path = folder / (device + "." + std::to_string(number) + ".wav");
        if (!std::filesystem::exists(path)) return lines;
        lines.push_back({.file = path, .audio = read_floats(path)});
    }
}

SongFinder::SongFinder(const Audio& song) {
    frames_.reserve(song.frames());
    places_.reserve(song.frames());
    for (std::size_t frame = 0; frame < song.frames(); ++frame) {
        frames_.push_back(key_of(song, frame));
        places_.emplace(frames_.back(), frame);
    }
}

std::vector<Stretch> SongFinder::find(const std::vector<Line>& lines) const {
    std::vector<Stretch> stretches;
    for (std::size_t number = 0; number < lines.size(); ++number) {
        const Audio& audio = lines[number].audio;
        Stretch now;
        const auto keep = [&] {
            if (now.frames >= kChance) stretches.push_back(now);
            now.frames = 0;
        };
        for (std::size_t frame = 0; frame < audio.frames(); ++frame) {
            const std::uint64_t key = key_of(audio, frame);
            if (now.frames > 0 && now.song_end() < frames_.size() && frames_[now.song_end()] == key) {
                ++now.frames;
                continue;
            }
            keep();
            const auto place = key != 0 ? places_.find(key) : places_.end();
            if (place != places_.end())
                now = {.line = number, .at = frame, .song = place->second, .frames = 1};
        }
        keep();
    }
    return stretches;
}

std::size_t silent_frames(const Line& line, std::size_t from, std::size_t to) {
    std::size_t count = 0;
    for (std::size_t frame = from; frame < to; ++frame) {
        if (line.audio.samples[2 * frame] == 0.0F && line.audio.samples[2 * frame + 1] == 0.0F) ++count;
    }
    return count;
}

}  // namespace gecko::testing
