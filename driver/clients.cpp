#include "driver/clients.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace gecko::driver {
namespace {

/// As much of a bundle ID as fits, whole characters only. Nothing of one that is longer than any.
shm::BundleId bundle_id_of(CFStringRef text) noexcept {
    shm::BundleId bytes{};
    std::array<char, 1024> whole{};
    if (text == nullptr || !::CFStringGetCString(text, whole.data(), static_cast<CFIndex>(whole.size()),
                                                 kCFStringEncodingUTF8)) {
        return bytes;
    }
    std::size_t length = std::min(std::strlen(whole.data()), bytes.size() - 1);
    const auto inside_character = [&] { return (static_cast<unsigned char>(whole[length]) & 0xc0) == 0x80; };
    while (length > 0 && inside_character()) --length;
    std::memcpy(bytes.data(), whole.data(), length);
    return bytes;
}

}  // namespace

void Clients::add(const AudioServerPlugInClientInfo& client) noexcept {
    remove(client.mClientID);
    std::size_t index = 0;
    while (index < kCapacity && slots_[index].registration.load(std::memory_order_relaxed) != 0) ++index;
    if (index == kCapacity) return;
    Slot& slot = slots_[index];
    slot.client_id.store(client.mClientID, std::memory_order_relaxed);
    slot.process_id.store(client.mProcessID > 0 ? static_cast<std::uint32_t>(client.mProcessID) : 0,
                          std::memory_order_relaxed);
    const auto words = std::bit_cast<std::array<std::uint64_t, kWords>>(bundle_id_of(client.mBundleID));
    for (std::size_t i = 0; i < kWords; ++i) slot.bundle_id[i].store(words[i], std::memory_order_relaxed);
    slot.registration.store(++rounds_ * kCapacity + index, std::memory_order_release);
    if (index >= used_.load(std::memory_order_relaxed)) used_.store(index + 1, std::memory_order_relaxed);
}

void Clients::remove(UInt32 client_id) noexcept {
    for (Slot& slot : slots_) {
        if (slot.registration.load(std::memory_order_relaxed) == 0 ||
            slot.client_id.load(std::memory_order_relaxed) != client_id)
            continue;
        slot.registration.store(0, std::memory_order_relaxed);
        // Before anything of the next one's is in the slot.
        std::atomic_thread_fence(std::memory_order_release);
    }
}

std::size_t Clients::count() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        slots_, [](const Slot& slot) { return slot.registration.load(std::memory_order_relaxed) != 0; }));
}

std::uint64_t Clients::find(UInt32 client_id) const noexcept GECKO_NONBLOCKING {
    // Whoever does not see the newest slots yet does not know a client for a cycle; what is in a slot its registration shows.
    const std::size_t used = used_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < used; ++i) {
        const std::uint64_t registration = slots_[i].registration.load(std::memory_order_acquire);
        if (registration == 0 || slots_[i].client_id.load(std::memory_order_relaxed) != client_id) continue;
        std::atomic_thread_fence(std::memory_order_acquire);
        if (has(registration)) return registration;
    }
    return 0;
}

bool Clients::has(std::uint64_t registration) const noexcept GECKO_NONBLOCKING {
    return slot_of(registration).registration.load(std::memory_order_relaxed) == registration;
}

bool Clients::read(std::uint64_t registration,
                   shm::ClientIdentity& identity) const noexcept GECKO_NONBLOCKING {
    const Slot& slot = slot_of(registration);
    identity.registration = registration;
    identity.client_id = slot.client_id.load(std::memory_order_relaxed);
    identity.process_id = slot.process_id.load(std::memory_order_relaxed);
    std::array<std::uint64_t, kWords> words{};
    for (std::size_t i = 0; i < kWords; ++i) words[i] = slot.bundle_id[i].load(std::memory_order_relaxed);
    identity.bundle_id = std::bit_cast<shm::BundleId>(words);
    std::atomic_thread_fence(std::memory_order_acquire);
    return has(registration);
}

}  // namespace gecko::driver
