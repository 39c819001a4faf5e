#include "minihal/host/recorder.hpp"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "minihal/system/ticks.hpp"

namespace minihal {

namespace {

// A hole longer than this is no late cycle but another time line.
constexpr double kLongestHole = 60.0;  // seconds

struct CloseSound {
    void operator()(SNDFILE* file) const { sf_close(file); }
};

std::string file_name(std::string device_name, uint32_t number) {
    std::ranges::replace(device_name, '/', '-');
    return fmt::format("{}.{}.wav", device_name, number);
}

}  // namespace

struct Recorder::File {
    Recording line;
    std::string name;
    std::unique_ptr<SNDFILE, CloseSound> sound;  // null when it failed: the rest of the line is not recorded
    int64_t frames = 0;
};

Recorder::Recorder(std::string directory, std::string device_name, std::string device_uid)
    : directory_(std::move(directory)),
      device_name_(std::move(device_name)),
      device_uid_(std::move(device_uid)) {}

// Only without memory does anything throw here, and then the server ends anyway.
// NOLINTNEXTLINE(bugprone-exception-escape)
Recorder::~Recorder() {
    end_line();
}

bool Recorder::open(const Recording& line) {
    // What an earlier server recorded is kept.
    while (
        std::filesystem::exists(std::filesystem::path(directory_) / file_name(device_name_, next_number_))) {
        ++next_number_;
    }
    file_ = std::make_unique<File>();
    file_->line = line;
    file_->name = file_name(device_name_, next_number_++);
    const auto path = (std::filesystem::path(directory_) / file_->name).string();
    SF_INFO info{};
    info.samplerate = static_cast<int>(std::lround(line.rate));
    info.channels = static_cast<int>(line.channels);
    info.format = SF_FORMAT_RF64 | SF_FORMAT_FLOAT;
    file_->sound.reset(sf_open(path.c_str(), SFM_WRITE, &info));
    if (!file_->sound) {
        fmt::print(stderr, "minihald: cannot record to {}: {}; playing goes on unrecorded\n", path,
                   sf_strerror(nullptr));
        return false;
    }
    // Readers that know plain WAV only can read what is not too long for it.
    sf_command(file_->sound.get(), SFC_RF64_AUTO_DOWNGRADE, nullptr, SF_TRUE);
    return true;
}

void Recorder::write(const Recording& line, int64_t sample_time, std::span<const float> samples) {
    if (directory_.empty() || line.channels == 0) return;
    const auto channels = static_cast<int64_t>(line.channels);
    if (!file_) open(line);
    auto hole = sample_time - (file_->line.first_sample_time + file_->frames);
    if (static_cast<double>(std::abs(hole)) > kLongestHole * line.rate) {
        end_line();
        open(line);
        hole = 0;
    }
    if (!file_->sound) return;
    static const std::vector<float> silence(size_t{64} * 1024, 0.0F);
    bool written = true;
    for (; hole > 0 && written;) {
        const auto part = std::min(hole, static_cast<int64_t>(silence.size()) / channels);
        written = sf_writef_float(file_->sound.get(), silence.data(), part) == part;
        file_->frames += part;
        hole -= part;
    }
    const auto known = std::min(-hole * channels, static_cast<int64_t>(samples.size()));
    samples = samples.subspan(static_cast<size_t>(std::max<int64_t>(known, 0)));
    const auto frames = static_cast<int64_t>(samples.size()) / channels;
    written = written && sf_writef_float(file_->sound.get(), samples.data(), frames) == frames;
    file_->frames += frames;
    if (!written) {
        fmt::print(stderr, "minihald: cannot go on recording {}: {}; playing goes on unrecorded\n",
                   file_->name, sf_strerror(file_->sound.get()));
        file_->sound.reset();
    }
}

void Recorder::end_line() {
    if (!file_) return;
    const auto file = std::move(file_);
    if (!file->sound) return;
    file->sound.reset();
    const nlohmann::ordered_json entry = {{"device", device_name_},
                                          {"uid", device_uid_},
                                          {"file", file->name},
                                          {"rate", std::lround(file->line.rate)},
                                          {"channels", file->line.channels},
                                          {"frames", file->frames},
                                          {"first_sample_time", file->line.first_sample_time},
                                          {"first_host_time_ns", ns_from_ticks(file->line.first_host_time)},
                                          {"buffer_frames", file->line.buffer_frames}};
    std::ofstream list(std::filesystem::path(directory_) / "recordings.jsonl", std::ios::app);
    list << entry.dump() << '\n';
    if (!list.flush()) fmt::print(stderr, "minihald: cannot write {}/recordings.jsonl\n", directory_);
}

}  // namespace minihal
