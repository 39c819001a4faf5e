#include "platform/coreaudio/loopback_source.hpp"

#include <fmt/format.h>
#include <mach/mach_time.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "platform/coreaudio/stream_usage.hpp"
#include "platform/virtual_devices.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr double kNanoseconds = 1e9;

double ticks_per_second() {
    mach_timebase_info_data_t timebase{};
    mach_timebase_info(&timebase);
    return kNanoseconds * timebase.denom / timebase.numer;
}

/// The first two channels of what the input heard; of one channel, twice that. Silence where a buffer has no data.
void gather(const AudioBufferList& input, std::span<float> stereo) noexcept GECKO_NONBLOCKING {
    std::ranges::fill(stereo, 0.0F);
    std::size_t channel = 0;
    for (UInt32 b = 0; b < input.mNumberBuffers; ++b) {
        const AudioBuffer& buffer = input.mBuffers[b];
        const auto* const samples = static_cast<const float*>(buffer.mData);
        for (UInt32 c = 0; c < buffer.mNumberChannels && channel < 2; ++c, ++channel) {
            for (std::size_t i = 0; samples != nullptr && i < stereo.size() / 2; ++i)
                stereo[2 * i + channel] = samples[i * buffer.mNumberChannels + c];
        }
    }
    for (std::size_t i = 0; channel == 1 && i < stereo.size() / 2; ++i) stereo[2 * i + 1] = stereo[2 * i];
}

}  // namespace

std::expected<std::unique_ptr<Source>, Source::Failure> LoopbackSource::open(AudioObjectID device) {
    if (!can_be_source(device_uid(device), device_manufacturer(device), input_channels(device))) {
        return std::unexpected(
            Failure{.error = {.kind = PlatformError::Kind::source_unusable,
                              .cause = fmt::format("{} is no loopback device that Gecko knows",
                                                   device_name(device))}});
    }
    std::unique_ptr<LoopbackSource> source(new LoopbackSource(device));
    if (const auto running = source->run(nominal_rate(device)); !running)
        return std::unexpected(Failure{.error = running.error()});
    return source;
}

LoopbackSource::LoopbackSource(AudioObjectID device)
    : device_(device),
      memory_(new (std::align_val_t{shm::kLine}) std::byte[kGeometry.segment_bytes()]{}),
      writer_(memory_.get(), kGeometry) {
    writer_.set_volume(1, false);
}

LoopbackSource::~LoopbackSource() {
    stop();
}

std::expected<void, PlatformError> LoopbackSource::prepare(double rate_hz) {
    if (rate_hz == rate_hz_) return {};
    stop();
    return run(rate_hz);
}

std::expected<void, PlatformError> LoopbackSource::run(double rate_hz) {
    rate_hz_ = rate_hz;
    nominal_ticks_ = ticks_per_second() / rate_hz;
    // A buffer of the input is whole when the device's clock has passed it; that, and as much again for callbacks that come late, the
    // ring's clock is behind, so that what it has passed is there. The room is promised to nobody.
    room_ = static_cast<std::uint32_t>(std::lround(kRoomSeconds * rate_hz));
    behind_ = 2 * std::int64_t{buffer_frames(device_)} + input_safety_offset(device_) + room_;
    writer_.change_rate(static_cast<std::uint32_t>(rate_hz));
    OSStatus status = AudioDeviceCreateIOProcID(device_, &LoopbackSource::io_proc, this, &proc_);
    // Where its output cannot be left alone it is given silence.
    if (status == kAudioHardwareNoError) (void)close_streams(device_, proc_, kAudioObjectPropertyScopeOutput);
    if (status == kAudioHardwareNoError) status = AudioDeviceStart(device_, proc_);
    if (status == kAudioHardwareNoError) {
        writer_.set_running(true);
        return {};
    }
    stop();
    return std::unexpected(
        PlatformError{.kind = PlatformError::Kind::source_unusable,
                      .cause = device_name(device_) + " did not open its input: " + status_text(status)});
}

void LoopbackSource::stop() {
    rate_hz_ = 0;
    writer_.set_running(false);
    if (proc_ == nullptr) return;
    AudioDeviceStop(device_, proc_);
    AudioDeviceDestroyIOProcID(device_, proc_);
    proc_ = nullptr;
}

OSStatus LoopbackSource::io_proc(AudioObjectID, const AudioTimeStamp* now, const AudioBufferList* input,
                                 const AudioTimeStamp* input_time, AudioBufferList*, const AudioTimeStamp*,
                                 void* source) noexcept GECKO_NONBLOCKING {
    static_cast<LoopbackSource*>(source)->write(*now, *input_time, *input);
    return kAudioHardwareNoError;
}

void LoopbackSource::write(const AudioTimeStamp& now, const AudioTimeStamp& time,
                           const AudioBufferList& input) noexcept GECKO_NONBLOCKING {
    if (input.mNumberBuffers == 0 || input.mBuffers[0].mNumberChannels == 0) return;
    const AudioBuffer& first = input.mBuffers[0];
    const std::size_t frames =
        std::min(kMostFrames, first.mDataByteSize / sizeof(float) / first.mNumberChannels);
    const auto stereo = std::span(stereo_).first(2 * frames);
    gather(input, stereo);
    const bool told = (time.mFlags & kAudioTimeStampRateScalarValid) != 0 && time.mRateScalar > 0;
    const auto sample_time = static_cast<std::int64_t>(std::llround(time.mSampleTime));
    const shm::ClockLine clock{.anchor_frame = sample_time - behind_,
                               .anchor_host_time = static_cast<double>(time.mHostTime),
                               .ticks_per_frame = nominal_ticks_ * (told ? time.mRateScalar : 1.0)};
    const double lead = static_cast<double>(sample_time) - clock.frame_at(static_cast<double>(now.mHostTime));
    writer_.write_mix({.sample_time = sample_time,
                       .pcm = stereo.data(),
                       .frames = static_cast<std::uint32_t>(frames),
                       .lead = static_cast<std::uint32_t>(std::clamp(lead - room_, 0.0, 1e6)),
                       .clock = clock});
}

}  // namespace gecko::platform::coreaudio
