// What the C functions of <CoreAudio/AudioHardware.h> are made of: the one client library that a program has.
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <expected>

#include "minihal/client/listener.hpp"
#include "minihal/wire/protocol.hpp"

namespace minihal {

// Library talks to a server over sockets; a simulation has both ends in one process.
class ClientLibrary {
  public:
    // A request about a property. kAudioHardwareNotRunningError without a server.
    virtual wire::Reply request(wire::MessageType type, const wire::PropertyRequest& request) = 0;
    // How a property's values travel.
    virtual wire::PropertyKinds kinds(AudioObjectID object, const AudioObjectPropertyAddress& address) = 0;

    virtual OSStatus add_listener(const Listener& listener) = 0;
    virtual OSStatus remove_listener(const Listener& listener) = 0;

    virtual std::expected<AudioDeviceIOProcID, OSStatus> add_proc(AudioObjectID device,
                                                                  AudioDeviceIOProc proc,
                                                                  void* client_data) = 0;
    virtual OSStatus remove_proc(AudioObjectID device, AudioDeviceIOProcID id) = 0;
    virtual OSStatus start_proc(AudioObjectID device, AudioDeviceIOProcID id) = 0;
    virtual OSStatus stop_proc(AudioObjectID device, AudioDeviceIOProcID id) = 0;
    // The streams of a side that an IO proc does without, a bit for each. An error where there is no such proc.
    virtual std::expected<uint32_t, OSStatus> streams_off(AudioObjectID device, AudioDeviceIOProcID id,
                                                          AudioObjectPropertyScope scope) = 0;
    virtual OSStatus set_streams_off(AudioObjectID device, AudioDeviceIOProcID id,
                                     AudioObjectPropertyScope scope, uint32_t off) = 0;

  protected:
    ~ClientLibrary() = default;
};

// The program's.
ClientLibrary& client_library();

}  // namespace minihal
