// The client library's state: one for a process, never destroyed, since its threads may outlive main().
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "minihal/client/client_device.hpp"
#include "minihal/client/client_library.hpp"
#include "minihal/client/connection.hpp"
#include "minihal/client/listeners.hpp"

namespace minihal {

// Any thread.
class Library final : public ClientLibrary {
  public:
    static Library& instance();

    // To the server that runs now, made if need be; null when there is none. A connection that follows a lost one tells
    // the listeners of kAudioHardwarePropertyServiceRestarted.
    std::shared_ptr<Connection> connection();
    wire::Reply request(wire::MessageType type, const wire::PropertyRequest& request) override;
    wire::PropertyKinds kinds(AudioObjectID object, const AudioObjectPropertyAddress& address) override;

    OSStatus add_listener(const Listener& listener) override;
    OSStatus remove_listener(const Listener& listener) override;

    std::expected<AudioDeviceIOProcID, OSStatus> add_proc(AudioObjectID device, AudioDeviceIOProc proc,
                                                          void* client_data) override;
    OSStatus remove_proc(AudioObjectID device, AudioDeviceIOProcID id) override;
    OSStatus start_proc(AudioObjectID device, AudioDeviceIOProcID id) override;
    OSStatus stop_proc(AudioObjectID device, AudioDeviceIOProcID id) override;
    std::expected<uint32_t, OSStatus> streams_off(AudioObjectID device, AudioDeviceIOProcID id,
                                                  AudioObjectPropertyScope scope) override;
    OSStatus set_streams_off(AudioObjectID device, AudioDeviceIOProcID id, AudioObjectPropertyScope scope,
                             uint32_t off) override;

  private:
    Library() = default;
    std::shared_ptr<ClientDevice> device(AudioObjectID id);
    void lost(const Connection* connection);

    std::mutex mutex_;
    std::shared_ptr<Connection> connection_;
    bool had_one_ = false;
    std::map<std::pair<AudioObjectID, AudioObjectPropertySelector>, wire::PropertyKinds> kinds_;
    std::map<AudioObjectID, std::shared_ptr<ClientDevice>> devices_;
    Listeners listeners_;
};

}  // namespace minihal
