#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "audio_files.hpp"

namespace gecko::testing {

/// What a device of minihald's has recorded on one time line, also if the server was killed meanwhile: whatever is on the disk.
struct Line {
    std::filesystem::path file;
    Audio audio;  // without a rate
};

/// The lines of `device` in `folder`, oldest first.
std::vector<Line> recorded_lines(const std::filesystem::path& folder, const std::string& device);

/// Frames of a song, heard one after the other, each as it is.
struct Stretch {
    std::size_t line = 0;  ///< which of the lines
    std::size_t at = 0;    ///< its first frame, in the line
    std::size_t song = 0;  ///< and in the song
    std::size_t frames = 0;

    [[nodiscard]] std::size_t end() const { return at + frames; }
    [[nodiscard]] std::size_t song_end() const { return song + frames; }
};

/// Finds a stereo song, in which no frame comes twice, in recordings, whatever has happened to it: frames that are left
/// out, come again, or are missing for a while.
class SongFinder {
  public:
    SongFinder() = default;
    explicit SongFinder(const Audio& song);

    /// In order. Stretches shorter than 64 frames are taken for chance.
    [[nodiscard]] std::vector<Stretch> find(const std::vector<Line>& lines) const;

  private:
    std::vector<std::uint64_t> frames_;  // both samples' bits
    std::unordered_map<std::uint64_t, std::size_t> places_;
};

/// Frames of [from, to) of a line that are silence.
std::size_t silent_frames(const Line& line, std::size_t from, std::size_t to);

}  // namespace gecko::testing
