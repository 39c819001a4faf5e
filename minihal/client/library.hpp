// The client library's state: one for a process, never destroyed, since its threads may outlive main().
#pragma once

#include <CoreAudio/AudioHardware.h>

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "minihal/client/client_device.hpp"
#include "minihal/client/connection.hpp"
#include "minihal/client/listeners.hpp"

namespace minihal {

// Any thread.
class Library {
  public:
    static Library& instance();

    // To the server that runs now, made if need be; null when there is none. A connection that follows a lost one tells
    // the listeners of kAudioHardwarePropertyServiceRestarted.
    std::shared_ptr<Connection> connection();
    // A request on it.
    wire::Reply request(wire::MessageType type, const std::vector<uint8_t>& payload);
    // How a property's values travel.
    wire::PropertyKinds kinds(AudioObjectID object, const AudioObjectPropertyAddress& address);

    Listeners& listeners() { return listeners_; }
    std::shared_ptr<ClientDevice> device(AudioObjectID id);

  private:
    void lost(const Connection* connection);

    std::mutex mutex_;
    std::shared_ptr<Connection> connection_;
    bool had_one_ = false;
    std::map<std::pair<AudioObjectID, AudioObjectPropertySelector>, wire::PropertyKinds> kinds_;
    std::map<AudioObjectID, std::shared_ptr<ClientDevice>> devices_;
    Listeners listeners_;
};

}  // namespace minihal
