#pragma once

#include <CoreAudio/CoreAudio.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>

#include "engine/engine.hpp"
#include "engine/output_tap.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "platform/coreaudio/host_time.hpp"
#include "platform/error.hpp"
#include "rt/nonblocking.hpp"

namespace gecko::platform::coreaudio {

/// The output device's IO: its callback has the engine fill the device's buffers. Stops when it goes.
///
/// A device with inputs would be opened for listening, too: the system would ask for the microphone, and Bluetooth headphones go over
/// to the quality of a call. So its input streams are switched off before it starts.
///
/// Control threads, but for the callback.
class OutputStream {
  public:
    /// Starts the device's IO. `engine` is prepared for the device's nominal rate and outlives the stream; so does `tap`, unless
    /// null, which has begun: it is given what the device is. `now` is when it starts.
    static std::expected<std::unique_ptr<OutputStream>, PlatformError> start(AudioObjectID device,
                                                                             engine::Engine& engine,
                                                                             engine::OutputTap* tap,
                                                                             HostTime now);

    OutputStream(const OutputStream&) = delete;
    OutputStream& operator=(const OutputStream&) = delete;
    ~OutputStream();

    [[nodiscard]] AudioObjectID device() const noexcept { return device_; }
    [[nodiscard]] bool has_called_back() const noexcept { return pulls_.load(std::memory_order_relaxed) > 0; }
    /// Whether the callback has not run for too long, at this nominal rate: to be asked again and again.
    [[nodiscard]] bool stuck(HostTime now, double rate_hz);

  private:
    static constexpr std::size_t kScratchFrames = 16'384;  // more in one buffer is silence

    OutputStream(AudioObjectID device, engine::Engine& engine, engine::OutputTap* tap) noexcept
        : device_(device), stereo_(stereo_channels(device)), engine_(engine), tap_(tap) {}
    static OSStatus io_proc(AudioObjectID device, const AudioTimeStamp* now, const AudioBufferList* input,
                            const AudioTimeStamp* input_time, AudioBufferList* output,
                            const AudioTimeStamp* output_time, void* stream) noexcept GECKO_NONBLOCKING;
    void fill(const engine::OutputCycle& cycle, AudioBufferList& output) noexcept GECKO_NONBLOCKING;
    void render(const engine::OutputCycle& cycle, AudioBufferList& output) noexcept GECKO_NONBLOCKING;

    AudioObjectID device_;
    std::array<UInt32, 2> stereo_;  // the channels that left and right go to, counted from 1
    engine::Engine& engine_;
    engine::OutputTap* tap_;  // null: nobody records
    AudioDeviceIOProcID proc_ = nullptr;
    std::atomic<std::uint32_t> pulls_{0};  // how often the callback has run
    std::uint32_t pulls_seen_ = 0;         // by stuck(), and
    HostTime seen_at_{};                   // since when
    std::array<float, 2 * kScratchFrames> scratch_{};
};

}  // namespace gecko::platform::coreaudio
