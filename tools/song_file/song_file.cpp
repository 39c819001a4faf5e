#include "tools/song_file/song_file.hpp"

#include <fmt/format.h>
#include <samplerate.h>
#include <sndfile.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

namespace gecko::song {
namespace {

constexpr std::size_t kBlockFrames = 65536;

struct CloseFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, CloseFile>;

std::unexpected<FileError> failure(std::string message) {
    return std::unexpected(FileError{std::move(message)});
}

/// What libsndfile cannot say well: it calls a missing file, a folder and a forbidden file all "System
/// error".
std::expected<void, FileError> check_path(const std::string& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        return failure(fmt::format("no such file: {}", path));
    }
    if (error) return failure(fmt::format("cannot read {}: {}", path, error.message()));
    if (std::filesystem::is_directory(status)) {
        return failure(fmt::format("{} is a folder; name an audio file in it", path));
    }
    return {};
}

std::expected<Song, FileError> read_all(SNDFILE* file, const SF_INFO& info, const std::string& path) {
    const auto channels = static_cast<std::size_t>(info.channels);
    Song song{
        .samples = {}, .rate = static_cast<std::uint32_t>(info.samplerate), .file_channels = info.channels};
    // The header's length is only a hint: compressed formats estimate it, and a broken header may claim
    // anything.
    if (info.frames > 0) {
        song.samples.reserve(
            2 * static_cast<std::size_t>(std::min<sf_count_t>(info.frames, sf_count_t{1} << 26)));
    }
    std::vector<float> block(kBlockFrames * channels);
    for (;;) {
        const auto frames = static_cast<std::size_t>(sf_readf_float(file, block.data(), kBlockFrames));
        if (frames == 0) break;
        for (std::size_t n = 0; n < frames; ++n) {
            song.samples.push_back(block[n * channels]);
            song.samples.push_back(block[n * channels + std::min<std::size_t>(1, channels - 1)]);
        }
    }
    if (song.samples.empty()) return failure(fmt::format("{} holds no audio: it has no frame", path));
    if (!std::ranges::all_of(song.samples, [](float x) { return std::isfinite(x); })) {
        return failure(fmt::format("{} is damaged: it holds samples that are not numbers", path));
    }
    return song;
}

std::expected<Song, FileError> load_up_to(int most_channels, const std::string& path) {
    if (const auto checked = check_path(path); !checked) return std::unexpected(checked.error());
    SF_INFO info{};
    errno = 0;
    const File file(sf_open(path.c_str(), SFM_READ, &info));
    const int cause = errno;
    if (!file) {
        if (sf_error(nullptr) == SF_ERR_SYSTEM) {
            return failure(fmt::format("cannot read {}: {}", path, std::generic_category().message(cause)));
        }
        std::string words = sf_strerror(nullptr);
        while (!words.empty() && (words.back() == '.' || words.back() == '\n')) words.pop_back();
        return failure(fmt::format("{} is not an audio file that libsndfile reads: {}", path, words));
    }
    if (info.channels > most_channels) {
        return failure(fmt::format(
            "{} has {} channels; mono and stereo files can be played. Mix it down to stereo first", path,
            info.channels));
    }
    return read_all(file.get(), info, path);
}

}  // namespace

std::expected<Song, FileError> load(const std::string& path) {
    return load_up_to(2, path);
}

std::expected<Song, FileError> load_front(const std::string& path) {
    return load_up_to(std::numeric_limits<int>::max(), path);
}

std::uint32_t best_rate(std::uint32_t file_rate, std::span<const std::uint32_t> available) {
    std::vector<std::uint32_t> rates(available.begin(), available.end());
    std::ranges::sort(rates);
    if (std::ranges::binary_search(rates, file_rate)) return file_rate;
    const auto multiple =
        std::ranges::find_if(rates, [&](auto r) { return r > file_rate && r % file_rate == 0; });
    if (multiple != rates.end()) return *multiple;
    const auto above = std::ranges::upper_bound(rates, file_rate);
    if (above != rates.end()) return *above;
    const auto part = std::find_if(rates.rbegin(), rates.rend(), [&](auto r) { return file_rate % r == 0; });
    return part != rates.rend() ? *part : rates.back();
}

std::expected<Song, FileError> at_rate(Song song, std::uint32_t rate) {
    if (song.rate == rate) return song;
    const double ratio = static_cast<double>(rate) / song.rate;
    const auto expected_frames =
        static_cast<std::size_t>(std::ceil(static_cast<double>(song.frames()) * ratio)) + kBlockFrames;
    Song out{.samples = std::vector<float>(2 * expected_frames),
             .rate = rate,
             .file_channels = song.file_channels};

    int error = 0;
    const std::unique_ptr<SRC_STATE, decltype(&src_delete)> converter(
        src_new(SRC_SINC_BEST_QUALITY, 2, &error), &src_delete);
    SRC_DATA data{};
    data.data_in = song.samples.data();
    data.input_frames = static_cast<long>(song.frames());
    data.data_out = out.samples.data();
    data.output_frames = static_cast<long>(expected_frames);
    data.end_of_input = 1;
    data.src_ratio = ratio;
    if (converter) error = src_process(converter.get(), &data);
    if (error != 0) {
        return failure(
            fmt::format("cannot convert from {} Hz to {} Hz: {}", song.rate, rate, src_strerror(error)));
    }
    out.samples.resize(2 * static_cast<std::size_t>(data.output_frames_gen));
    return out;
}

std::expected<void, FileError> save(const std::string& path, std::span<const float> samples,
                                    std::uint32_t rate) {
    SF_INFO info{};
    info.samplerate = static_cast<int>(rate);
    info.channels = 2;
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    errno = 0;
    const File file(sf_open(path.c_str(), SFM_WRITE, &info));
    if (!file)
        return failure(fmt::format("cannot write {}: {}", path, std::generic_category().message(errno)));
    // The PEAK chunk carries the time of day; without it the same audio is the same file.
    sf_command(file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    const auto frames = static_cast<sf_count_t>(samples.size() / 2);
    if (sf_writef_float(file.get(), samples.data(), frames) != frames) {
        return failure(fmt::format("cannot write {}: {}", path, sf_strerror(file.get())));
    }
    sf_write_sync(file.get());
    return {};
}

std::string resampler_name() {
    // "libsamplerate-0.2.2 (c) ...": the rest is the copyright.
    std::string words = src_get_version();
    words.resize(std::min(words.find(' '), words.size()));
    std::ranges::replace(words, '-', ' ');
    return words;
}

}  // namespace gecko::song
