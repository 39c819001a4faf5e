#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <new>

#include "platform/coreaudio/source.hpp"
#include "rt/nonblocking.hpp"
#include "shm/ring_writer.hpp"

namespace gecko::platform::coreaudio {

/// Another program's device whose input hears what its output plays (BlackHole and the like), read in the driver's place: its input is
/// written into a ring that only this program has.
///
/// What that costs, kLoopbackCost says. Besides, nobody steers the device's clock: it is read kRoomSeconds later than the driver would
/// be, and whenever its clock and the output's have parted by that much, the reading is set anew, with a short fade. At 50 ppm that is once
/// in 400 s.
///
/// Its volume and mute it does itself, before its input.
class LoopbackSource final : public Source {
  public:
    /// Opens the device's input, and nothing else of it. The system asks for the microphone.
    static std::expected<std::unique_ptr<Source>, Failure> open(AudioObjectID device);

    ~LoopbackSource() override;

    std::expected<void, PlatformError> prepare(double rate_hz) override;
    bool set_latency(std::uint32_t, std::uint32_t) override { return false; }
    void beat() noexcept override {}
    [[nodiscard]] AudioObjectID sink() const noexcept override { return device_; }
    [[nodiscard]] AudioObjectID volume_to_follow() const noexcept override { return kAudioObjectUnknown; }
    [[nodiscard]] double room_seconds() const noexcept override { return kRoomSeconds; }
    [[nodiscard]] shm::RingReader ring() const noexcept override { return {memory_.get(), kGeometry}; }

  private:
    static constexpr shm::Geometry kGeometry = shm::Geometry::of(shm::kDefaultFrames, 2, 0).value();
    static constexpr double kRoomSeconds = 0.02;
    static constexpr std::size_t kMostFrames = 16'384;  // of one buffer; what is more is left out

    struct Free {
        void operator()(std::byte* bytes) const { ::operator delete[](bytes, std::align_val_t{shm::kLine}); }
    };

    explicit LoopbackSource(AudioObjectID device);
    std::expected<void, PlatformError> run(double rate_hz);
    void stop();
    static OSStatus io_proc(AudioObjectID device, const AudioTimeStamp* now, const AudioBufferList* input,
                            const AudioTimeStamp* input_time, AudioBufferList* output,
                            const AudioTimeStamp* output_time, void* source) noexcept GECKO_NONBLOCKING;
    void write(const AudioTimeStamp& now, const AudioTimeStamp& time,
               const AudioBufferList& input) noexcept GECKO_NONBLOCKING;
    AudioObjectID device_;
    std::unique_ptr<std::byte[], Free> memory_;
    shm::RingWriter writer_;
    AudioDeviceIOProcID proc_ = nullptr;
    double rate_hz_ = 0;        // nominal, as its IO was started with
    double nominal_ticks_ = 0;  // host ticks of a frame at that rate
    std::uint32_t room_ = 0;    // frames
    std::int64_t behind_ = 0;   // frames that the ring's clock is behind the device's
    std::array<float, 2 * kMostFrames> stereo_{};
};

}  // namespace gecko::platform::coreaudio
