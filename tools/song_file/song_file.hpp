#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

/// Audio files as the player plays them. The player and the measurement both load through here, so that what
/// is measured against is exactly what was played. No function here is for a real-time thread.
namespace gecko::song {

/// Stereo audio in memory.
struct Song {
    /// Interleaved, left before right; full scale is +-1.
    std::vector<float> samples;
    /// Frames a second.
    std::uint32_t rate = 0;
    /// Channels of the file: 1 (put on both sides) or 2.
    int file_channels = 2;

    std::size_t frames() const { return samples.size() / 2; }
};

/// Why a file was not loaded or written, in words for the terminal; names the file.
struct FileError {
    std::string message;
};

/// Loads any file that libsndfile reads, with one channel or two. A file of integer samples up to 24 bits and
/// one of 32-bit floats come out exactly.
std::expected<Song, FileError> load(const std::string& path);

/// The same of a recording, which may have more channels: the first two.
std::expected<Song, FileError> load_front(const std::string& path);

/// The rate to play a file at: its own if the device has it, else the smallest whole multiple of it, else the
/// nearest above, else the largest rate that it is a whole multiple of, else the highest. `available` must
/// not be empty.
std::uint32_t best_rate(std::uint32_t file_rate, std::span<const std::uint32_t> available);

/// The song at another rate, converted by libsamplerate (SRC_SINC_BEST_QUALITY); unchanged if it already has
/// that rate. The same song and rate always give the same samples. Fails if the rates differ by more than
/// libsamplerate's factor of 256.
std::expected<Song, FileError> at_rate(Song song, std::uint32_t rate);

/// Writes a WAV file of 32-bit floats, which holds samples beyond full scale too. Of `samples` (interleaved
/// stereo) every bit is kept.
std::expected<void, FileError> save(const std::string& path, std::span<const float> samples,
                                    std::uint32_t rate);

/// Name and version of the library that converts rates.
std::string resampler_name();

}  // namespace gecko::song
