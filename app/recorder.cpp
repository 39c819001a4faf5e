#include "app/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

namespace gecko::app {
namespace {

using std::chrono::steady_clock;

/// Samples that may wait for the disk: 21 s of stereo at 48 kHz.
constexpr std::size_t kQueue = std::size_t{1} << 21;
constexpr auto kLookPeriod = std::chrono::milliseconds(50);
constexpr auto kHeaderPeriod = std::chrono::seconds(1);
/// A hole longer than this is no late buffer but another time line.
constexpr double kLongestHole = 60.0;  // seconds

std::string system_error(int error) {
    return std::generic_category().message(error);
}

/// "a/b.wav" as "a/b-2.wav".
std::string numbered(const std::string& path, int number) {
    const std::filesystem::path whole(path);
    return (whole.parent_path() /
            fmt::format("{}-{}{}", whole.stem().string(), number, whole.extension().string()))
        .string();
}

std::string whole_or_khz(double rate_hz) {
    return fmt::format("{:g} kHz", rate_hz / 1000.0);
}

}  // namespace

struct Recorder::File {
    struct Close {
        void operator()(SNDFILE* file) const { sf_close(file); }
    };
    std::string path;
    double rate_hz = 0;
    std::uint32_t channels = 0;
    std::uint64_t bytes = 0;  // of samples
    std::unique_ptr<SNDFILE, Close> sound;
    steady_clock::time_point header_at = steady_clock::now();
};

std::expected<std::unique_ptr<Recorder>, std::string> Recorder::create(const std::string& path,
                                                                       std::uint64_t largest_file) {
    const auto refused = [&](const std::string& why) {
        return std::unexpected(fmt::format("cannot record to {}: {}", path, why));
    };
    std::string ending = std::filesystem::path(path).extension().string();
    std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return refused("it is a folder. Name a file in it, such as recording.wav");
    }
    if (ending != ".wav") return refused("recordings are WAV files, and this does not end in .wav");
    // Not emptied yet: should nothing be recorded, nothing is lost. And a pipe that nobody reads does not hold us up.
    constexpr int kFlags = O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC;
    bool created = true;
    int descriptor = ::open(path.c_str(), kFlags | O_EXCL, 0666);
    if (descriptor < 0 && errno == EEXIST) {
        created = false;
        descriptor = ::open(path.c_str(), kFlags, 0666);
    }
    if (descriptor < 0) return refused(system_error(errno));
    std::unique_ptr<Recorder> recorder(new Recorder(path, descriptor, created, largest_file));
    struct stat kind{};
    if (::fstat(descriptor, &kind) != 0 || !S_ISREG(kind.st_mode)) return refused("it is no ordinary file");
    struct statvfs disk{};
    if (::fstatvfs(descriptor, &disk) == 0 && disk.f_bavail == 0 && kind.st_size == 0) {
        return refused(system_error(ENOSPC));
    }
    recorder->thread_ = std::thread([&it = *recorder] { it.write_all(); });
    return recorder;
}

Recorder::Recorder(std::string path, int descriptor, bool created, std::uint64_t largest_file)
    : tap_(kQueue),
      path_(std::move(path)),
      descriptor_(descriptor),
      created_(created),
      largest_file_(largest_file) {
    status_.file = path_;
}

// Only without memory does anything throw here.
// NOLINTNEXTLINE(bugprone-exception-escape)
Recorder::~Recorder() {
    finish();
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (created_) ::unlink(path_.c_str());  // nothing came
}

void Recorder::finish() {
    ending_.store(true, std::memory_order_release);
    if (thread_.joinable()) thread_.join();
    file_.reset();
}

Recorder::Status Recorder::status() const {
    const std::lock_guard lock(mutex_);
    Status status = status_;
    status.lost_frames = tap_.lost_frames();
    return status;
}

std::vector<std::string> Recorder::news() {
    const std::lock_guard lock(mutex_);
    return std::exchange(news_, {});
}

void Recorder::tell(std::string words) {
    const std::lock_guard lock(mutex_);
    news_.push_back(std::move(words));
}

void Recorder::fail(const std::string& why) {
    tell(fmt::format("cannot go on recording to {}: {}; audio goes on, unrecorded", status().file, why));
    file_.reset();
    const std::lock_guard lock(mutex_);
    status_.failed = true;
}

void Recorder::write_all() {
    bool told_loss = false;
    for (bool last = false; !last;) {
        last = ending_.load(std::memory_order_acquire);
        write_waiting();
        if (!told_loss && tap_.lost_frames() > 0) {
            told_loss = true;
            tell("the disk is too slow for the recording: it lacks frames, which are silence in it");
        }
        if (file_ && steady_clock::now() - file_->header_at >= kHeaderPeriod) {
            sf_command(file_->sound.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
            file_->header_at = steady_clock::now();
        }
        if (!last) std::this_thread::sleep_for(kLookPeriod);
    }
}

void Recorder::write_waiting() {
    while (const auto block = tap_.take(samples_)) {
        if (!status().failed) write(*block);
    }
}

void Recorder::write(const engine::OutputTap::Block& block) {
    if (!file_ || file_->rate_hz != block.rate_hz || file_->channels != block.channels) {
        open_file(block.rate_hz, block.channels);
        if (!file_) return;
    }
    std::int64_t known = 0;
    if (block.run == std::exchange(run_, block.run)) {
        // Below a frame it is rounding.
        const double hole = block.sample_time - expected_;
        if (std::abs(hole) >= 1.0 && std::abs(hole) <= kLongestHole * block.rate_hz) {
            if (hole > 0 && !write_silence(std::lround(hole))) return;
            if (hole < 0) known = std::min<std::int64_t>(std::lround(-hole), block.frames);
        }
    }
    // Of a buffer that was written before, not even the next one's beginning is new.
    expected_ = known == block.frames ? expected_ : block.sample_time + block.frames;
    write_frames(samples_.data() + known * block.channels, block.frames - known);
}

bool Recorder::write_silence(std::int64_t frames) {
    static constexpr std::array<float, 4096> kSilence{};
    while (frames > 0) {
        const std::int64_t part = std::min<std::int64_t>(frames, kSilence.size() / file_->channels);
        if (!write_frames(kSilence.data(), part)) return false;
        frames -= part;
    }
    return true;
}

bool Recorder::write_frames(const float* samples, std::int64_t frames) {
    const std::uint64_t bytes = static_cast<std::uint64_t>(frames) * file_->channels * sizeof(float);
    if (file_->bytes > 0 && file_->bytes + bytes > largest_file_) {
        open_file(file_->rate_hz, file_->channels);
        if (!file_) return false;
    }
    if (sf_writef_float(file_->sound.get(), samples, frames) != frames) {
        fail(sf_strerror(file_->sound.get()));
        return false;
    }
    file_->bytes += bytes;
    const std::lock_guard lock(mutex_);
    status_.frames += static_cast<std::uint64_t>(frames);
    return true;
}

/// The file asked for or, once that has been written, the next that is not there yet.
void Recorder::open_file(double rate_hz, std::uint32_t channels) {
    auto next = std::make_unique<File>();
    next->rate_hz = rate_hz;
    next->channels = channels;
    next->path = path_;
    int descriptor = std::exchange(descriptor_, -1);
    if (descriptor >= 0 && ::ftruncate(descriptor, 0) != 0) {
        const int error = errno;
        ::close(descriptor);
        return fail(system_error(error));
    }
    for (int number = 2; descriptor < 0; ++number) {
        next->path = numbered(path_, number);
        descriptor = ::open(next->path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST)
            return fail(fmt::format("{}: {}", next->path, system_error(errno)));
    }
    SF_INFO info{};
    info.samplerate = static_cast<int>(std::lround(rate_hz));
    info.channels = static_cast<int>(channels);
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    next->sound.reset(sf_open_fd(descriptor, SFM_WRITE, &info, SF_TRUE));
    if (!next->sound) return fail(sf_strerror(nullptr));
    sf_command(next->sound.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    sf_command(next->sound.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
    if (file_) {
        const bool full = file_->rate_hz == rate_hz && file_->channels == channels;
        tell(fmt::format(
            "{}: the recording goes on in {}",
            full ? fmt::format("{} holds 4 GB, all that a WAV file can", file_->path)
            : file_->rate_hz != rate_hz
                ? fmt::format("the output went from {} to {}", whole_or_khz(file_->rate_hz),
                              whole_or_khz(rate_hz))
                : fmt::format("the output went from {} to {} channels", file_->channels, channels),
            next->path));
    }
    file_ = std::move(next);
    const std::lock_guard lock(mutex_);
    status_.file = file_->path;
}

}  // namespace gecko::app
