#pragma once

#include <CoreAudio/CoreAudio.h>

#include <vector>

#include "platform/coreaudio/hal.hpp"

namespace gecko::platform::coreaudio {

/// What the HAL is listened to for, so that whoever keeps the path looks at it again: notifications only ring the bell (Bell). Control
/// threads, one at a time.
class PathListeners {
  public:
    /// To devices and the default output, and to the audio server's restarts. Once an audio server has answered.
    void watch_system();
    /// To these two devices, kAudioObjectUnknown for one that is not there, and to no others any more.
    ///
    /// volume  of the output, where it is followed
    void watch(AudioObjectID sink, AudioObjectID output,
               const std::vector<AudioObjectPropertyAddress>& volume);
    /// Listens to nothing any more: at the end, and where the audio server that was asked is gone.
    void clear();

  private:
    std::vector<Listener> system_;
    std::vector<Listener> devices_;
    AudioObjectID sink_ = kAudioObjectUnknown;
    AudioObjectID output_ = kAudioObjectUnknown;
    std::size_t volumes_ = 0;  // how many addresses of the output's volume
};

}  // namespace gecko::platform::coreaudio
