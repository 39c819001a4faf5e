// The client processes, as the host sees them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "minihal/wire/protocol.hpp"

namespace minihal {

// A client process, for as long as it is connected.
struct Process {
    uint64_t token = 0;
    pid_t pid = 0;
    std::string bundle_id;
};

// What the host tells client processes. The control thread's.
class Clients {
  public:
    // The answer to the request `id` of the process with the token `process`, if that is still there.
    virtual void reply(uint64_t process, uint32_t id, const wire::Reply& reply) = 0;
    // To all processes that listen for it.
    virtual void notify(AudioObjectID object, const std::vector<AudioObjectPropertyAddress>& addresses) = 0;

  protected:
    ~Clients() = default;
};

}  // namespace minihal
