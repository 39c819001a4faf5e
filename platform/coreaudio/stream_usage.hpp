#pragma once

#include <CoreAudio/CoreAudio.h>

namespace gecko::platform::coreaudio {

/// Switches off all of a device's streams in this scope for `proc`, before that starts: so an input that nobody wants is not opened.
/// Nothing where the device has none. Control threads.
OSStatus close_streams(AudioObjectID device, AudioDeviceIOProcID proc, AudioObjectPropertyScope scope);

}  // namespace gecko::platform::coreaudio
