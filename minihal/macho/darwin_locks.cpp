// Mutexes and condition variables, with Darwin's static initialisers.
#include <pthread.h>
#include <time.h>

#include <array>

#include "minihal/macho/boxed.hpp"
#include "minihal/macho/darwin.hpp"

namespace minihal::macho {

namespace {

// What the static initialisers leave.
constexpr long kMutex = 0x32AAABA7;
constexpr long kErrorCheckingMutex = 0x32AAABA1;
constexpr long kRecursiveMutex = 0x32AAABA2;
constexpr long kFirstFitMutex = 0x32AAABA3;
constexpr long kCondition = 0x3CB0B1BB;

using Mutexes = Boxes<pthread_mutex_t>;
using Conditions = Boxes<pthread_cond_t>;

// A mutex's kind, by Darwin's numbers for attributes.
struct MutexAttributes {
    long signature;
    int type;
};
constexpr long kMutexAttributes = 0x4D545841;

bool is_mutex(const Boxed* mutex) noexcept {
    const auto signature = mutex->signature;
    return signature == kMutex || signature == kErrorCheckingMutex || signature == kRecursiveMutex ||
           signature == kFirstFitMutex;
}

pthread_mutex_t* mutex_of(Boxed* mutex) {
    return Mutexes::all().of(mutex, [](pthread_mutex_t* made, long signature) {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_settype(&attributes, signature == kRecursiveMutex       ? PTHREAD_MUTEX_RECURSIVE
                                               : signature == kErrorCheckingMutex ? PTHREAD_MUTEX_ERRORCHECK
                                                                                  : PTHREAD_MUTEX_NORMAL);
        pthread_mutex_init(made, &attributes);
        pthread_mutexattr_destroy(&attributes);
    });
}
pthread_cond_t* condition_of(Boxed* condition) {
    return Conditions::all().of(condition,
                                [](pthread_cond_t* made, long) { pthread_cond_init(made, nullptr); });
}

int mutex_attributes_init(MutexAttributes* attributes) noexcept {
    *attributes = {kMutexAttributes, 0};
    return 0;
}
int mutex_attributes_destroy(MutexAttributes* attributes) noexcept {
    attributes->signature = 0;
    return 0;
}
int mutex_attributes_set_type(MutexAttributes* attributes, int type) noexcept {
    if (type < 0 || type > 2) return EINVAL;
    attributes->type = type;
    return 0;
}

int mutex_init(Boxed* mutex, const MutexAttributes* attributes) noexcept {
    static constexpr long kByType[] = {kMutex, kErrorCheckingMutex, kRecursiveMutex};
    Mutexes::clear(mutex, kByType[attributes != nullptr ? attributes->type : 0]);
    return 0;
}
int mutex_destroy(Boxed* mutex) noexcept {
    if (!is_mutex(mutex)) return EINVAL;
    Mutexes::all().destroy(mutex, [](pthread_mutex_t* box) { pthread_mutex_destroy(box); });
    return 0;
}
int mutex_lock(Boxed* mutex) noexcept {
    return is_mutex(mutex) ? darwin_error(pthread_mutex_lock(mutex_of(mutex))) : EINVAL;
}
int mutex_trylock(Boxed* mutex) noexcept {
    return is_mutex(mutex) ? darwin_error(pthread_mutex_trylock(mutex_of(mutex))) : EINVAL;
}
int mutex_unlock(Boxed* mutex) noexcept {
    return is_mutex(mutex) ? darwin_error(pthread_mutex_unlock(mutex_of(mutex))) : EINVAL;
}

int condition_init(Boxed* condition, const void*) noexcept {
    Conditions::clear(condition, kCondition);
    return 0;
}
int condition_destroy(Boxed* condition) noexcept {
    if (condition->signature != kCondition) return EINVAL;
    Conditions::all().destroy(condition, [](pthread_cond_t* box) { pthread_cond_destroy(box); });
    return 0;
}
int condition_signal(Boxed* condition) noexcept {
    return condition->signature == kCondition ? darwin_error(pthread_cond_signal(condition_of(condition)))
                                              : EINVAL;
}
int condition_broadcast(Boxed* condition) noexcept {
    return condition->signature == kCondition ? darwin_error(pthread_cond_broadcast(condition_of(condition)))
                                              : EINVAL;
}
int condition_wait(Boxed* condition, Boxed* mutex) noexcept {
    if (condition->signature != kCondition || !is_mutex(mutex)) return EINVAL;
    return darwin_error(pthread_cond_wait(condition_of(condition), mutex_of(mutex)));
}
int condition_timed_wait(Boxed* condition, Boxed* mutex, const timespec* until) noexcept {
    if (condition->signature != kCondition || !is_mutex(mutex)) return EINVAL;
    return darwin_error(pthread_cond_timedwait(condition_of(condition), mutex_of(mutex), until));
}
int condition_relative_wait(Boxed* condition, Boxed* mutex, const timespec* time) noexcept {
    constexpr long kNsPerSecond = 1'000'000'000;
    timespec until{};
    ::clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += time->tv_nsec;
    until.tv_sec += time->tv_sec + until.tv_nsec / kNsPerSecond;
    until.tv_nsec %= kNsPerSecond;
    return condition_timed_wait(condition, mutex, &until);
}

}  // namespace

std::span<const Provided> provided_locks() noexcept {
    static const std::array kTable = {
        entry("_pthread_mutexattr_init", &mutex_attributes_init),
        entry("_pthread_mutexattr_destroy", &mutex_attributes_destroy),
        entry("_pthread_mutexattr_settype", &mutex_attributes_set_type),
        entry("_pthread_mutex_init", &mutex_init),
        entry("_pthread_mutex_destroy", &mutex_destroy),
        entry("_pthread_mutex_lock", &mutex_lock),
        entry("_pthread_mutex_trylock", &mutex_trylock),
        entry("_pthread_mutex_unlock", &mutex_unlock),
        entry("_pthread_cond_init", &condition_init),
        entry("_pthread_cond_destroy", &condition_destroy),
        entry("_pthread_cond_signal", &condition_signal),
        entry("_pthread_cond_broadcast", &condition_broadcast),
        entry("_pthread_cond_wait", &condition_wait),
        entry("_pthread_cond_timedwait", &condition_timed_wait),
        entry("_pthread_cond_timedwait_relative_np", &condition_relative_wait),
    };
    return kTable;
}

}  // namespace minihal::macho
