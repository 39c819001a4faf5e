#pragma once

#include <CoreAudio/CoreAudio.h>

#include <cstdint>
#include <string>

#include "virtual_mac.hpp"

namespace gecko::following {

/// A process that plays frames `first_frame`, `first_frame` + 1, ... of tests/simulation/signal.hpp on a stereo device, as any application does. Ends with its
/// process, or when it goes.
class CountingPlayer {
  public:
    /// Nothing is played before start().
    CountingPlayer(VirtualMac& mac, pid_t process, std::string bundle_id, AudioObjectID device,
                   std::uint64_t first_frame = 0);
    CountingPlayer(const CountingPlayer&) = delete;
    CountingPlayer& operator=(const CountingPlayer&) = delete;
    ~CountingPlayer();

    /// What AudioDeviceStart and AudioDeviceStop say.
    OSStatus start();
    OSStatus stop();
    /// Silence instead of the next frames, which are played later.
    void rest(bool resting) { resting_ = resting; }

    /// The next frame to play.
    [[nodiscard]] std::uint64_t frame() const { return frame_; }
    /// Device sample time of the first cycle since start().
    [[nodiscard]] std::int64_t first_sample_time() const { return first_sample_time_; }

  private:
    static OSStatus play(AudioObjectID, const AudioTimeStamp*, const AudioBufferList*, const AudioTimeStamp*,
                         AudioBufferList* output, const AudioTimeStamp* time, void* self);

    VirtualMac& mac_;
    pid_t process_;
    std::string bundle_id_;
    AudioObjectID device_;
    AudioDeviceIOProcID proc_ = nullptr;
    OSStatus made_ = 0;
    bool resting_ = false;
    bool first_ = true;
    std::uint64_t frame_;
    std::int64_t first_sample_time_ = 0;
};

}  // namespace gecko::following
