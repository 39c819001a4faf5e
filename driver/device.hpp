#pragma once

#include <CoreAudio/AudioServerPlugIn.h>
#include <CoreFoundation/CoreFoundation.h>
#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "driver/attach.hpp"
#include "driver/clients.hpp"
#include "driver/clock.hpp"
#include "driver/control_queue.hpp"
#include "driver/mutex.hpp"
#include "driver/path_latency.hpp"
#include "driver/publish.hpp"
#include "driver/rates.hpp"
#include "driver/storage.hpp"
#include "rt/nonblocking.hpp"

namespace gecko::driver {

class DictionaryBuilder;

/// The device "Gecko Sink": its state, and what the host and the app may do to it.
///
/// Unless marked "IO thread", functions are for control threads, several at once; they return OSStatus of
/// <CoreAudio/AudioHardwareBase.h>. The host is called only through the control queue, with no lock held.
class Device {
  public:
    constexpr Device() noexcept = default;
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    /// Keeps the host; nothing is told to it before. Takes volume, mute and rate from its storage, once. Touches
    /// the host clock, so that whatever its first use costs is not paid on the IO thread. Publishes if the bundle
    /// asks for it.
    void initialize(AudioServerPlugInHostRef host) noexcept;
    [[nodiscard]] ControlQueue& control_queue() noexcept { return queue_; }

    /// Nominal rate in force, Hz.
    [[nodiscard]] std::uint32_t rate() const noexcept { return rate_.load(std::memory_order_relaxed); }
    /// Asks the host, later and from the control queue, for a change of rate. The rate that was last asked
    /// for does nothing. '!dat' for one the device has not.
    OSStatus request_rate(double hz) noexcept;
    /// The host stopped IO: what the change action stands for, a rate or a latency, comes into force. '!dat' for none of the device's.
    OSStatus perform_change(std::uint64_t action) noexcept;
    /// The host will not: what is in force stays.
    OSStatus abort_change(std::uint64_t action) noexcept;

    /// Latency of the app's path in force, frames; what the output side's 'ltnc' reads as.
    [[nodiscard]] std::uint32_t latency() const noexcept {
        return static_cast<std::uint32_t>(path_latency().at(rate()));
    }
    /// The value of 'glat': a dictionary {latency: frames, latency_us: microseconds on top}. Asks the host, later and from the control queue, for a change; the latency
    /// that was last asked for does nothing. 'what' for what is no such dictionary, 'nope' for more than shm::kMaxLatencySeconds at the rate in force,
    /// while nobody is attached, and for any process but the one that is.
    ///
    /// pid  process that asks, 0 if the host does not tell
    OSStatus set_latency(CFTypeRef request, pid_t pid) noexcept;
    /// What 'glat' reads as: the latency in force. The caller's.
    [[nodiscard]] CFDictionaryRef copy_latency() noexcept;

    /// Scalar 0..1 of the volume slider (driver/volume.hpp). The driver only publishes it.
    [[nodiscard]] float volume() const noexcept { return volume_.load(std::memory_order_relaxed); }
    /// Clamped into the range; 'nope' for a value that is no number.
    OSStatus set_volume(float scalar) noexcept;
    [[nodiscard]] bool muted() const noexcept { return muted_.load(std::memory_order_relaxed); }
    OSStatus set_muted(bool muted) noexcept;

    /// An inactive stream's audio is dropped.
    [[nodiscard]] bool stream_active() const noexcept GECKO_NONBLOCKING {
        return stream_active_.load(std::memory_order_relaxed);
    }
    OSStatus set_stream_active(bool active) noexcept;

    /// Counted per call; the first begins a time line. 'nope' if the count is full.
    OSStatus start_io() noexcept;
    /// 'stop' if IO was not started so often.
    OSStatus stop_io() noexcept;
    [[nodiscard]] bool running() const noexcept { return running_.load(std::memory_order_relaxed); }

    /// A client comes, or comes back under the same ID, and goes. Never refused: one that is not known is heard in the mix.
    void add_client(const AudioServerPlugInClientInfo& client) noexcept;
    void remove_client(UInt32 client_id) noexcept;

    /// The value of 'gshm': a dictionary as shm/attach.hpp describes. See AttachFailure for errors.
    ///
    /// pid  process that asks, 0 if the host does not tell
    OSStatus set_attachment(CFTypeRef request, pid_t pid) noexcept;
    /// What 'gshm' reads as: channels and frames of the segment in use, or nothing in it. The caller's.
    [[nodiscard]] CFDictionaryRef copy_attachment() noexcept;
    /// The value of 'gsta'. The caller's.
    [[nodiscard]] CFDictionaryRef copy_state() noexcept;

    /// IO thread, and any other. 'stop' before the first start.
    OSStatus zero_time_stamp(ZeroTimeStamp& stamp) const noexcept GECKO_NONBLOCKING;
    /// IO thread. What one client plays in a cycle, into that client's ring; as write_mix(), which comes after it.
    OSStatus process_output(UInt32 client_id, const AudioServerPlugInIOCycleInfo& cycle, const float* pcm,
                            std::uint32_t frames) noexcept GECKO_NONBLOCKING;
    /// IO thread. One cycle of the mix into the ring of whoever is attached, by the cycle's output time.
    /// `pcm`: frames x kChannels samples, interleaved. 'stop' before the first start, 'what' for an output
    /// time that is no sample time.
    OSStatus write_mix(const AudioServerPlugInIOCycleInfo& cycle, const float* pcm,
                       std::uint32_t frames) noexcept GECKO_NONBLOCKING;

  private:
    static void run_control_work(void* device, const ControlWork& work) noexcept;
    /// With the lock held.
    void begin_time_line() noexcept;
    void publish_volume() noexcept;
    /// Tells the writers that there are, the app's and the published one.
    template <class Tell>
    void tell_writers(Tell tell) noexcept {
        if (shm::RingWriter* writer = attachment_.writer()) tell(*writer);
        if (shm::RingWriter* writer = publisher_.writer()) tell(*writer);
    }
    OSStatus change_attachment(CFTypeRef request, pid_t pid) noexcept;
    OSStatus perform_rate_change(std::uint32_t rate) noexcept;
    void request_latency(const PathLatency& latency) noexcept;
    [[nodiscard]] PathLatency path_latency() const noexcept {
        return PathLatency::of(latency_.load(std::memory_order_relaxed));
    }
    void add_consumer(DictionaryBuilder& dictionary) const noexcept;
    /// Once nobody is attached and nobody plays: nothing is stopped for it then.
    void forget_latency() noexcept;
    [[nodiscard]] bool is_latency(const PathLatency& latency) const noexcept {
        return latency.at(rate()) <= std::uint64_t{shm::kMaxLatencySeconds} * rate();
    }

    Mutex lock_;  // guards whatever is not atomic, and all changes
    std::atomic<AudioServerPlugInHostRef> host_{nullptr};
    std::atomic<std::uint32_t> rate_{kFirstRate};
    std::uint32_t wanted_rate_ = kFirstRate;  // last asked for
    std::atomic<std::uint64_t> latency_{0};   // PathLatency::packed()
    PathLatency wanted_latency_;              // last asked for
    std::atomic<float> volume_{1.0f};
    std::atomic<bool> muted_{false};
    std::atomic<bool> stream_active_{true};
    std::atomic<bool> running_{false};
    std::uint64_t starts_ = 0;
    std::atomic<double> ticks_per_second_{0};
    Clock clock_;
    Clients clients_;
    bool in_cycle_ = false;  // clients have played whose cycle has not been mixed; the IO thread's
    Attachment attachment_;
    Publisher publisher_;
    std::array<char, 200> last_error_{};
    Storage storage_;             // the first initialize()'s, then that of whoever drains the queue
    const char* last_step_ = "";  // AttachFailure::step
    int last_errno_ = 0;
    ControlQueue queue_{&Device::run_control_work, this};  // last: its thread ends before the rest goes
};

}  // namespace gecko::driver
