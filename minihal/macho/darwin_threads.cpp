// Threads, their attributes and values of their own.
#include <pthread.h>
#include <sched.h>

#include <array>

#include "minihal/macho/boxed.hpp"
#include "minihal/macho/darwin.hpp"

namespace minihal::macho {

namespace {

static_assert(sizeof(pthread_t) == sizeof(void*));  // as Darwin's

using Attributes = Boxes<pthread_attr_t>;
constexpr long kAttributes = 0x54485244;

pthread_attr_t* attributes_of(Boxed* attributes) {
    return Attributes::all().of(attributes, [](pthread_attr_t* made, long) { pthread_attr_init(made); });
}
int attributes_init(Boxed* attributes) noexcept {
    Attributes::clear(attributes, kAttributes);
    return 0;
}
int attributes_destroy(Boxed* attributes) noexcept {
    if (attributes->signature != kAttributes) return EINVAL;
    Attributes::all().destroy(attributes, [](pthread_attr_t* box) { pthread_attr_destroy(box); });
    return 0;
}
int attributes_set_detached(Boxed* attributes, int state) noexcept {
    constexpr int kJoinable = 1;
    constexpr int kDetached = 2;
    if (attributes->signature != kAttributes || (state != kJoinable && state != kDetached)) return EINVAL;
    return darwin_error(pthread_attr_setdetachstate(
        attributes_of(attributes), state == kDetached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE));
}
int attributes_set_stack_size(Boxed* attributes, std::size_t size) noexcept {
    if (attributes->signature != kAttributes) return EINVAL;
    return darwin_error(pthread_attr_setstacksize(attributes_of(attributes), size));
}

int create(pthread_t* thread, Boxed* attributes, void* (*function)(void*), void* argument) noexcept {
    if (attributes != nullptr && attributes->signature != kAttributes) return EINVAL;
    const auto* const here = attributes != nullptr ? attributes_of(attributes) : nullptr;
    return darwin_error(pthread_create(thread, here, function, argument));
}
int join(pthread_t thread, void** result) noexcept {
    return darwin_error(pthread_join(thread, result));
}
int detach(pthread_t thread) noexcept {
    return darwin_error(pthread_detach(thread));
}
int equal(pthread_t one, pthread_t other) noexcept {
    return pthread_equal(one, other);
}
pthread_t self() noexcept {
    return pthread_self();
}
// Its own name alone, and longer ones than Linux takes.
int set_name(const char* name) noexcept {
    char text[16]{};
    for (std::size_t i = 0; i + 1 < sizeof text && name[i] != 0; ++i) text[i] = name[i];
    return darwin_error(pthread_setname_np(pthread_self(), text));
}

// A key is as wide as a pointer.
int key_create(unsigned long* key, void (*destructor)(void*)) noexcept {
    pthread_key_t here = 0;
    const int error = pthread_key_create(&here, destructor);
    if (error == 0) *key = here;
    return darwin_error(error);
}
int key_delete(unsigned long key) noexcept {
    return darwin_error(pthread_key_delete(static_cast<pthread_key_t>(key)));
}
void* get_specific(unsigned long key) noexcept {
    return pthread_getspecific(static_cast<pthread_key_t>(key));
}
int set_specific(unsigned long key, const void* value) noexcept {
    return darwin_error(pthread_setspecific(static_cast<pthread_key_t>(key), value));
}

struct Once {
    long signature;
    std::atomic<int> state;
};
int once(Once* control, void (*function)()) noexcept {
    constexpr int kNotYet = 0;
    constexpr int kRunning = 1;
    constexpr int kDone = 2;
    int expected = kNotYet;
    if (control->state.compare_exchange_strong(expected, kRunning, std::memory_order_acquire)) {
        function();
        control->state.store(kDone, std::memory_order_release);
    }
    while (control->state.load(std::memory_order_acquire) != kDone) ::sched_yield();
    return 0;
}

}  // namespace

std::span<const Provided> provided_threads() noexcept {
    static const std::array kTable = {
        entry("_pthread_attr_init", &attributes_init),
        entry("_pthread_attr_destroy", &attributes_destroy),
        entry("_pthread_attr_setdetachstate", &attributes_set_detached),
        entry("_pthread_attr_setstacksize", &attributes_set_stack_size),
        entry("_pthread_create", &create),
        entry("_pthread_join", &join),
        entry("_pthread_detach", &detach),
        entry("_pthread_equal", &equal),
        entry("_pthread_self", &self),
        entry("_pthread_setname_np", &set_name),
        entry("_pthread_key_create", &key_create),
        entry("_pthread_key_delete", &key_delete),
        entry("_pthread_getspecific", &get_specific),
        entry("_pthread_setspecific", &set_specific),
        entry("_pthread_once", &once),
    };
    return kTable;
}

}  // namespace minihal::macho
