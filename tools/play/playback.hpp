#pragma once

#include <CoreAudio/CoreAudio.h>

#include <atomic>
#include <cstdint>
#include <span>

#include "rt/nonblocking.hpp"

namespace gecko::play {

/// Plays stereo frames, each once and in order, through an IOProc. The IO thread copies; the main thread
/// looks at how far it is.
class Playback {
  public:
    /// `samples` is interleaved stereo and must outlive the playback.
    explicit Playback(std::span<const float> samples) : samples_(samples) {}

    /// To be given to AudioDeviceCreateIOProcID, with the Playback as client data.
    static OSStatus io_proc(AudioObjectID device, const AudioTimeStamp* now, const AudioBufferList* input,
                            const AudioTimeStamp* input_time, AudioBufferList* output,
                            const AudioTimeStamp* output_time, void* playback) noexcept GECKO_NONBLOCKING;

    /// The device is gone, with what it had been handed and not played yet: the next one goes on with the first frame
    /// of that, on a time line of its own. Between the end of the one IO and the start of the next.
    void go_on() noexcept;

    /// Frames handed to the device. Any thread.
    std::int64_t position() const { return position_.load(std::memory_order_relaxed); }
    std::int64_t frames() const { return static_cast<std::int64_t>(samples_.size() / 2); }
    /// Times that the device asked for frames later than those that were due. Any thread.
    std::int64_t skips() const { return skips_.load(std::memory_order_relaxed); }
    /// Callbacks so far: a sign of life. Any thread.
    std::int64_t cycles() const { return cycles_.load(std::memory_order_relaxed); }
    /// True once the device has played the last frame. Any thread.
    bool done() const { return done_.load(std::memory_order_acquire); }

  private:
    void render(const AudioTimeStamp& now, AudioBufferList& output,
                const AudioTimeStamp& output_time) noexcept GECKO_NONBLOCKING;

    std::span<const float> samples_;
    std::atomic<std::int64_t> position_{0};
    std::atomic<std::int64_t> skips_{0};
    std::atomic<std::int64_t> cycles_{0};
    std::atomic<bool> done_{false};
    // The IO thread's own, in frames of the device's time.
    double due_ = 0.0;
    double end_ = 0.0;
    bool goes_on_ = true;         // the next callback is the first on its time line
    std::int64_t not_heard_ = 0;  // handed over, and not presented when the last callback came
};

}  // namespace gecko::play
