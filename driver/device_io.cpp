// The device's IO thread. Nothing in this file allocates, locks or calls the system.
#include <algorithm>
#include <limits>
#include <utility>

#include "driver/device.hpp"
#include "driver/host_time.hpp"

namespace gecko::driver {
namespace {

// Every whole number up to here is a double; 5 000 years at 48 kHz.
constexpr double kLargestSampleTime = 9e15;

/// Whether it is a sample time at all; false for NaN and for what no device gets to.
constexpr bool is_sample_time(double time) noexcept {
    return time > -kLargestSampleTime && time < kLargestSampleTime;
}

constexpr std::int64_t nearest_frame(double time) noexcept {
    return static_cast<std::int64_t>(time < 0 ? time - 0.5 : time + 0.5);
}

/// Frames from the cycle's current time to its output time; 0 if the host does not tell.
std::uint32_t lead_of(const AudioServerPlugInIOCycleInfo& cycle) noexcept GECKO_NONBLOCKING {
    const AudioTimeStamp& now = cycle.mCurrentTime;
    if ((now.mFlags & kAudioTimeStampSampleTimeValid) == 0) return 0;
    const double lead = cycle.mOutputTime.mSampleTime - now.mSampleTime;
    if (!(lead > 0)) return 0;  // NaN too
    return static_cast<std::uint32_t>(std::min(lead, double{std::numeric_limits<std::int32_t>::max()}));
}

/// Host ticks at which the cycle runs: what the host says, or else the clock.
std::uint64_t time_of(const AudioServerPlugInIOCycleInfo& cycle) noexcept GECKO_NONBLOCKING {
    const AudioTimeStamp& now = cycle.mCurrentTime;
    return (now.mFlags & kAudioTimeStampHostTimeValid) != 0 ? now.mHostTime : host_time_now();
}

}  // namespace

OSStatus Device::zero_time_stamp(ZeroTimeStamp& stamp) const noexcept GECKO_NONBLOCKING {
    const auto latest = clock_.zero_time_stamp(host_time_now());
    if (!latest) return kAudioHardwareNotRunningError;
    stamp = *latest;
    return kAudioHardwareNoError;
}

OSStatus Device::process_output(UInt32 client_id, const AudioServerPlugInIOCycleInfo& cycle, const float* pcm,
                                std::uint32_t frames) noexcept GECKO_NONBLOCKING {
    const double output_time = cycle.mOutputTime.mSampleTime;
    if (!is_sample_time(output_time)) return kAudioHardwareUnspecifiedError;
    const bool cycle_begins = !std::exchange(in_cycle_, true);
    const Attachment::Lease lease(attachment_);
    shm::RingWriter* writer = lease.writer();
    if (writer == nullptr) return kAudioHardwareNoError;
    // Attached, or made active, when others had played their parts of the cycle already: those are in no ring.
    const bool active = stream_active();
    if (!active || (writer->is_fresh() && !cycle_begins)) writer->clients().miss(nearest_frame(output_time));
    if (!active) return kAudioHardwareNoError;
    const std::uint64_t client = clients_.find(client_id);
    if (client != 0 && !writer->clients().has(client)) {
        shm::ClientIdentity identity;
        if (clients_.read(client, identity)) (void)writer->clients().take(identity, writer->position());
    }
    writer->write_client(client, {.sample_time = nearest_frame(output_time), .pcm = pcm, .frames = frames});
    return kAudioHardwareNoError;
}

OSStatus Device::write_mix(const AudioServerPlugInIOCycleInfo& cycle, const float* pcm,
                           std::uint32_t frames) noexcept GECKO_NONBLOCKING {
    in_cycle_ = false;
    const double output_time = cycle.mOutputTime.mSampleTime;
    if (!is_sample_time(output_time)) return kAudioHardwareUnspecifiedError;
    const Attachment::Lease lease(attachment_);
    const std::uint64_t now = time_of(cycle);
    // By the present, not by the cycle's time: others ask for stamps now.
    if (clock_.is_steered_at(now))
        clock_.steer(host_time_now(), lease.steering(now, ticks_per_second_.load(std::memory_order_relaxed)));
    const auto line = clock_.line();
    if (!line) return kAudioHardwareNotRunningError;
    if (!stream_active()) return kAudioHardwareNoError;
    const shm::MixCycle mix{.sample_time = nearest_frame(output_time),
                            .pcm = pcm,
                            .frames = frames,
                            .lead = lead_of(cycle),
                            .clock = *line};
    if (shm::RingWriter* writer = lease.writer()) {
        writer->write_mix(mix);
        writer->clients().free_unless(
            [this](std::uint64_t client) noexcept GECKO_NONBLOCKING { return clients_.has(client); });
    }
    if (shm::RingWriter* writer = publisher_.writer()) writer->write_mix(mix);
    return kAudioHardwareNoError;
}

}  // namespace gecko::driver
