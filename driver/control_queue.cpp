#include "driver/control_queue.hpp"

#include <utility>

namespace gecko::driver {

ControlQueue::~ControlQueue() {
    mutex_.lock();
    const bool threaded = threaded_;
    ending_ = true;
    ::pthread_cond_signal(&wake_);
    mutex_.unlock();
    if (threaded) ::pthread_join(thread_, nullptr);
}

void ControlQueue::post(Notice notice) noexcept {
    const Locked locked(mutex_);
    work_.notices |= static_cast<std::uint32_t>(notice);
    ::pthread_cond_signal(&wake_);
}

void ControlQueue::post_rate(std::uint32_t hz) noexcept {
    const Locked locked(mutex_);
    work_.rate = hz;
    ::pthread_cond_signal(&wake_);
}

void ControlQueue::post_latency(const PathLatency& latency) noexcept {
    const Locked locked(mutex_);
    work_.latency = latency;
    ::pthread_cond_signal(&wake_);
}

ControlWork ControlQueue::take() noexcept {
    return std::exchange(work_, ControlWork{});
}

bool ControlQueue::drain() noexcept {
    bool any = false;
    for (;;) {
        mutex_.lock();
        const ControlWork work = take();
        mutex_.unlock();
        if (work.empty()) return any;
        handler_(context_, work);
        any = true;
    }
}

int ControlQueue::start_thread() noexcept {
    const Locked locked(mutex_);
    if (threaded_) return 0;
    const int error = ::pthread_create(&thread_, nullptr, &ControlQueue::thread_main, this);
    threaded_ = error == 0;
    return error;
}

void* ControlQueue::thread_main(void* queue) noexcept {
    auto& self = *static_cast<ControlQueue*>(queue);
    self.mutex_.lock();
    while (!self.ending_) {
        if (self.work_.empty()) {
            ::pthread_cond_wait(&self.wake_, self.mutex_.native());
            continue;
        }
        const ControlWork work = self.take();
        self.mutex_.unlock();
        self.handler_(self.context_, work);
        self.mutex_.lock();
    }
    self.mutex_.unlock();
    return nullptr;
}

}  // namespace gecko::driver
