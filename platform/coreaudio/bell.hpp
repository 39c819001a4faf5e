#pragma once

#include <CoreAudio/CoreAudio.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "platform/coreaudio/host_time.hpp"

namespace gecko::platform::coreaudio {

/// Why whoever keeps the path looks at it again.
struct Call {
    bool changed = false;    ///< the HAL told of something
    bool restarted = false;  ///< the audio server did: nothing that it knew of this program is left
    bool beat = false;       ///< a second has passed
    bool ending = false;     ///< it is to come to an end
};

/// Wakes the one thread that keeps the path. There is one bell for a process, and it is never destroyed: the HAL may still be calling a
/// listener after that was removed. Any thread.
class Bell {
  public:
    static Bell& instance();

    void ring(bool Call::* why);
    /// What it was rung for since the last take(), which is forgotten with it.
    Call take();
    /// Returns when it is rung, or has been, or at `until` on the host's clock; HostTime::max(): only then.
    void wait(HostTime until);

    /// Listeners for the HAL: they ring, and do nothing else.
    static OSStatus on_change(AudioObjectID object, UInt32 count, const AudioObjectPropertyAddress* addresses,
                              void* data);
    static OSStatus on_restart(AudioObjectID object, UInt32 count,
                               const AudioObjectPropertyAddress* addresses, void* data);

  private:
    Bell() = default;

    std::mutex mutex_;
    std::condition_variable rung_;
    bool rung_since_take_ = false;
    Call call_;
};

}  // namespace gecko::platform::coreaudio
