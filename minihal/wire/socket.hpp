// Unix stream sockets.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace minihal::wire {

// Owns a file descriptor.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();
    int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

  private:
    int descriptor_ = -1;
};

// Wakes a poll() of another thread. notify() may be called by any thread and never blocks.
class WakePipe {
  public:
    WakePipe();
    int descriptor() const { return read_end_.get(); }
    void notify() const;
    // Forgets all notifications so far.
    void drain() const;

  private:
    Descriptor read_end_;
    Descriptor write_end_;
};

// Connected to the socket file, blocking. The error is errno.
std::expected<Descriptor, int> connect_to(const std::string& path);
// Listening, non-blocking; a socket file that is there is replaced. The error is a sentence for the user.
std::expected<Descriptor, std::string> listen_at(const std::string& path);
// The next waiting connection, non-blocking; none when there is none.
Descriptor accept_from(int listener);

// The process at the other end, or 0.
pid_t peer_process(int descriptor);

// Blocking; false when the peer is gone. Never raises SIGPIPE.
bool send_all(int descriptor, std::span<const uint8_t> bytes);
// Without blocking: bytes sent (0 when the peer does not read), or -1 when it is gone.
ssize_t send_some(int descriptor, std::span<const uint8_t> bytes);

enum class Received { kBytes, kNothing, kEnd };
// One read without waiting on a non-blocking descriptor; on a blocking one it waits for the first byte.
// Bytes are appended by `sink(span)`.
template <typename Sink>
Received receive(int descriptor, Sink&& sink);

namespace detail {
ssize_t receive_into(int descriptor, std::span<uint8_t> buffer);  // -1: nothing there, 0: end
}

template <typename Sink>
Received receive(int descriptor, Sink&& sink) {
    static thread_local std::vector<uint8_t> buffer(size_t{64} * 1024);
    const auto count = detail::receive_into(descriptor, buffer);
    if (count < 0) return Received::kNothing;
    if (count == 0) return Received::kEnd;
    sink(std::span<const uint8_t>(buffer).first(static_cast<size_t>(count)));
    return Received::kBytes;
}

}  // namespace minihal::wire
