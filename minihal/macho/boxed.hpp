// Darwin's thread objects begin with a number that says what they are, and are large enough for a pointer behind it; some are smaller than
// Linux's, and what a static initialiser leaves in them is Darwin's. So each stands for an object of Linux in a box, made when it is first used.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <set>

namespace minihal::macho {

struct Boxed {
    long signature;
    std::atomic<void*> box;
};
static_assert(sizeof(Boxed) == 16);

// The boxes of one type. Those that a program never destroys are found here by whoever looks for leaks.
template <typename T>
class Boxes {
  public:
    // The box of an object; `make` fills a new one from the signature that a static initialiser left.
    template <typename Make>
    T* of(Boxed* boxed, const Make& make) {
        if (void* const there = boxed->box.load(std::memory_order_acquire)) return static_cast<T*>(there);
        const std::lock_guard guard(mutex_);
        if (void* const there = boxed->box.load(std::memory_order_relaxed)) return static_cast<T*>(there);
        auto* const made = new T;
        make(made, boxed->signature);
        all_.insert(made);
        boxed->box.store(made, std::memory_order_release);
        return made;
    }
    // For what is initialised by a function: whatever was in the memory is none of ours.
    static void clear(Boxed* boxed, long signature) {
        boxed->signature = signature;
        boxed->box.store(nullptr, std::memory_order_relaxed);
    }
    template <typename End>
    void destroy(Boxed* boxed, const End& end) {
        const std::lock_guard guard(mutex_);
        auto* const box = static_cast<T*>(boxed->box.load(std::memory_order_relaxed));
        clear(boxed, 0);
        if (all_.erase(box) == 0) return;  // never used
        end(box);
        delete box;
    }

    static Boxes& all() {
        static auto& boxes = *new Boxes;
        return boxes;
    }

  private:
    std::mutex mutex_;
    std::set<T*> all_;
};

}  // namespace minihal::macho
