#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/output_tap.hpp"

namespace gecko::app {

/// Writes what the output is handed into a WAV file of 32-bit floats, at the output's rate and with its channels (`gecko run --record`).
///
/// The file's time is that of the output while it runs. What the output did not ask for, and what did not fit into the queue, is
/// silence there, so that all that follows stays in its place. While the output is stopped (asleep, or another one is taken)
/// nothing is written: what comes then follows at once.
/// Where rate or channels change, and short of 4 GB, which is all a WAV file holds, it goes on in FILE-2.wav and so on.
///
/// A thread of its own writes. The file can be read at any moment: at most a second behind its end is not known to its header.
class Recorder {
  public:
    static constexpr std::uint64_t kLargestFile = 0xFFFF'0000;  ///< bytes of samples: what a WAV file holds

    struct Status {
        std::string file;               ///< that is written now
        std::uint64_t frames = 0;       ///< in all files
        std::uint64_t lost_frames = 0;  ///< that did not fit into the queue: silence in the file
        bool failed = false;            ///< nothing is written any more
    };

    /// The file is there, or made, and can be written; a file that is there is emptied once the output is handed something. The error
    /// says why not.
    static std::expected<std::unique_ptr<Recorder>, std::string> create(
        const std::string& path, std::uint64_t largest_file = kLargestFile);

    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    /// Finishes.
    ~Recorder();

    /// What is to be given all that the output is.
    engine::OutputTap& tap() noexcept { return tap_; }

    /// Writes what is still in the queue, and ends. The output is stopped.
    void finish();
    /// Any thread.
    [[nodiscard]] Status status() const;
    /// What people should know, since the last call. Any thread.
    std::vector<std::string> news();

  private:
    struct File;

    Recorder(std::string path, int descriptor, bool created, std::uint64_t largest_file);
    void write_all();
    void write_waiting();
    void write(const engine::OutputTap::Block& block);
    bool write_frames(const float* samples, std::int64_t frames);
    bool write_silence(std::int64_t frames);
    void open_file(double rate_hz, std::uint32_t channels);
    void fail(const std::string& why);
    void tell(std::string words);

    engine::OutputTap tap_;

    // The thread's.
    std::string path_;  // as asked for
    int descriptor_;    // of that file, until it is taken over; -1 afterwards
    bool created_;
    std::uint64_t largest_file_;
    std::unique_ptr<File> file_;
    std::vector<float> samples_;
    std::uint32_t run_ = 0;
    double expected_ = 0;  // sample time of the next frame of this run

    std::atomic<bool> ending_{false};
    mutable std::mutex mutex_;  // guards what follows
    Status status_;
    std::vector<std::string> news_;

    std::thread thread_;
};

}  // namespace gecko::app
