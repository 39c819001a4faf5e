// Property listeners of this process, and the thread that calls them.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "minihal/client/listener.hpp"
#include "minihal/wire/protocol.hpp"

namespace minihal {

// Any thread. Listeners are called one at a time, with no lock held.
class Listeners {
  public:
    // False when it is there already.
    bool add(const Listener& listener);
    // False when it is not there. A call under way is not waited for, as under macOS.
    bool remove(const Listener& listener);
    // Those of objects that a new server knows as well: of the system object.
    std::vector<Listener> lasting() const;
    // The objects of the server that is lost are gone, and so are their listeners.
    void keep_lasting();

    void post(wire::PropertiesChanged changed);
    // While true, the thread looks for a server now and then.
    void look_for_server(bool look);

  private:
    void run();
    void call(const wire::PropertiesChanged& changed);

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Listener> listeners_;
    std::deque<wire::PropertiesChanged> queue_;
    bool started_ = false;
    bool looking_ = false;
};

}  // namespace minihal
