#pragma once

#include <pthread.h>

namespace gecko::driver {

/// A mutex that needs no C++ runtime library. Control threads only; the IO thread takes none.
class Mutex {
  public:
    constexpr Mutex() noexcept = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    void lock() noexcept { ::pthread_mutex_lock(&mutex_); }
    void unlock() noexcept { ::pthread_mutex_unlock(&mutex_); }
    [[nodiscard]] pthread_mutex_t* native() noexcept { return &mutex_; }

  private:
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

/// Holds a mutex as long as it lives.
class Locked {
  public:
    explicit Locked(Mutex& mutex) noexcept : mutex_(mutex) { mutex_.lock(); }
    ~Locked() { mutex_.unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

  private:
    Mutex& mutex_;
};

}  // namespace gecko::driver
