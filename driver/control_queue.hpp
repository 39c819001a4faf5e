#pragma once

#include <pthread.h>

#include <cstdint>
#include <optional>

#include "driver/mutex.hpp"
#include "driver/path_latency.hpp"

namespace gecko::driver {

/// Something that changed, of which the host is to be told or that it is to keep. Bits of ControlWork::notices.
enum class Notice : std::uint32_t {
    running = 1u << 0,
    volume = 1u << 1,
    mute = 1u << 2,
    stream_active = 1u << 3,
    attachment = 1u << 4,
    rate = 1u << 5,
    latency = 1u << 6,
};

/// What waits to be told to the host.
struct ControlWork {
    std::uint32_t notices = 0;           ///< a set of Notice
    std::uint32_t rate = 0;              ///< Hz to ask a configuration change for; 0 for none
    std::optional<PathLatency> latency;  ///< to ask a configuration change for

    [[nodiscard]] bool empty() const noexcept { return notices == 0 && rate == 0 && !latency; }
};

/// Calls to the host, put off until no lock is held and no host's call is on the stack.
///
/// It is a set and not a list: the host is told that something changed, not how often, and of two rates, or
/// latencies, the later is meant. So it cannot overflow and needs no memory. Either a thread of its own drains it
/// (start_thread) or whoever owns it does (drain): tests and simulations.
///
/// All functions: any thread but the IO thread.
class ControlQueue {
  public:
    using Handler = void (*)(void* context, const ControlWork& work) noexcept;

    /// `handler` is called with `context`, no lock held, on the thread that drains.
    constexpr ControlQueue(Handler handler, void* context) noexcept : handler_(handler), context_(context) {}
    ~ControlQueue();
    ControlQueue(const ControlQueue&) = delete;
    ControlQueue& operator=(const ControlQueue&) = delete;

    void post(Notice notice) noexcept;
    void post_rate(std::uint32_t hz) noexcept;
    void post_latency(const PathLatency& latency) noexcept;

    /// Handles all that waits, on this thread. False if nothing did.
    bool drain() noexcept;

    /// Starts the thread that drains from now on; it ends with the queue. A second call does nothing.
    /// Returns 0 or errno.
    int start_thread() noexcept;

  private:
    static void* thread_main(void* queue) noexcept;
    [[nodiscard]] ControlWork take() noexcept;  // with the mutex held

    Handler handler_;
    void* context_;
    Mutex mutex_;  // guards what follows
    pthread_cond_t wake_ = PTHREAD_COND_INITIALIZER;
    ControlWork work_{};
    pthread_t thread_{};
    bool threaded_ = false;
    bool ending_ = false;
};

}  // namespace gecko::driver
