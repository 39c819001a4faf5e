#include "minihal/client/listeners.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "minihal/client/library.hpp"

namespace minihal {

namespace {

constexpr std::chrono::milliseconds kLookInterval{100};

}  // namespace

bool Listeners::add(const Listener& listener) {
    const std::scoped_lock lock(mutex_);
    if (std::ranges::find(listeners_, listener) != listeners_.end()) return false;
    listeners_.push_back(listener);
    if (!std::exchange(started_, true)) std::thread([this] { run(); }).detach();
    return true;
}

bool Listeners::remove(const Listener& listener) {
    const std::scoped_lock lock(mutex_);
    return std::erase(listeners_, listener) > 0;
}

std::vector<Listener> Listeners::lasting() const {
    const std::scoped_lock lock(mutex_);
    std::vector<Listener> kept;
    std::ranges::copy_if(listeners_, std::back_inserter(kept),
                         [](const auto& listener) { return listener.object == kAudioObjectSystemObject; });
    return kept;
}

void Listeners::keep_lasting() {
    const std::scoped_lock lock(mutex_);
    std::erase_if(listeners_,
                  [](const auto& listener) { return listener.object != kAudioObjectSystemObject; });
}

void Listeners::post(wire::PropertiesChanged changed) {
    {
        const std::scoped_lock lock(mutex_);
        if (!started_) return;
        queue_.push_back(std::move(changed));
    }
    wake_.notify_one();
}

void Listeners::look_for_server(bool look) {
    {
        const std::scoped_lock lock(mutex_);
        looking_ = look;
    }
    wake_.notify_one();
}

void Listeners::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return !queue_.empty() || looking_; });
        if (queue_.empty()) {
            wake_.wait_for(lock, kLookInterval, [this] { return !queue_.empty(); });
            const bool look = looking_ && !listeners_.empty();
            lock.unlock();
            if (look) Library::instance().connection();
            lock.lock();
            continue;
        }
        const auto changed = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        call(changed);
        lock.lock();
    }
}

void Listeners::call(const wire::PropertiesChanged& changed) {
    std::vector<Listener> listeners;
    {
        const std::scoped_lock lock(mutex_);
        listeners = listeners_;
    }
    for (const auto& listener : listeners) {
        std::vector<AudioObjectPropertyAddress> heard;
        std::ranges::copy_if(changed.addresses, std::back_inserter(heard),
                             [&](const auto& address) { return listener.hears(changed.object, address); });
        if (heard.empty()) continue;
        {
            // It may have been removed meanwhile, by one called before it for instance.
            const std::scoped_lock lock(mutex_);
            if (std::ranges::find(listeners_, listener) == listeners_.end()) continue;
        }
        listener.proc(changed.object, static_cast<UInt32>(heard.size()), heard.data(), listener.client_data);
    }
}

}  // namespace minihal
