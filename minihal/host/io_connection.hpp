// The socket over which a client process gets a device's cycles and answers them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "minihal/wire/message.hpp"
#include "minihal/wire/protocol.hpp"
#include "minihal/wire/socket.hpp"

namespace minihal {

// The IO thread's.
class IoConnection {
  public:
    // `parser` may hold bytes that came behind the greeting.
    IoConnection(wire::Descriptor descriptor, wire::MessageParser parser);

    int descriptor() const { return descriptor_.get(); }
    // Why it is closed; nothing while it is open.
    const std::optional<std::string>& closed() const { return closed_; }

    // Expects an answer with `sample_count` samples from now on.
    void send_cycle(const wire::Cycle& cycle, size_t sample_count);
    bool awaiting() const { return !closed_ && expected_samples_.has_value(); }
    // The answer to the last cycle, once; nothing if there was none.
    std::optional<std::vector<float>> take_samples();

    // Reads what is there.
    void receive();
    // Tells the peer why, if it still listens.
    void close(const std::string& reason);

  private:
    void take(const wire::Message& message);

    wire::Descriptor descriptor_;
    wire::MessageParser parser_;
    std::optional<std::string> closed_;
    uint64_t cycle_ = 0;
    std::optional<size_t> expected_samples_;
    std::optional<std::vector<float>> samples_;
};

}  // namespace minihal
