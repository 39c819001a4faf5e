#pragma once

#include <CoreAudio/AudioServerPlugIn.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "rt/nonblocking.hpp"
#include "shm/client_rings.hpp"

namespace gecko::driver {

/// The clients that the host has told of: who is behind a client ID.
///
/// Hosts use client IDs again, and a client that crashed may never be removed: each one that is added gets a registration of its own,
/// and one with the ID of another takes its place. Of more than kCapacity the later ones stay unknown; their audio is in the mix only.
class Clients {
  public:
    static constexpr std::size_t kCapacity = 256;

    /// Control threads, one at a time (the device's lock).
    void add(const AudioServerPlugInClientInfo& client) noexcept;
    /// Nothing happens if it is not there. As add().
    void remove(UInt32 client_id) noexcept;

    /// How many there are. As add().
    [[nodiscard]] std::size_t count() const noexcept;

    /// The registration behind a client ID; 0 if there is none. IO thread.
    [[nodiscard]] std::uint64_t find(UInt32 client_id) const noexcept GECKO_NONBLOCKING;
    /// Whether the client is still there. IO thread.
    [[nodiscard]] bool has(std::uint64_t registration) const noexcept GECKO_NONBLOCKING;
    /// False if the client is not there any more. IO thread.
    [[nodiscard]] bool read(std::uint64_t registration,
                            shm::ClientIdentity& identity) const noexcept GECKO_NONBLOCKING;

  private:
    static constexpr std::size_t kWords = shm::kBundleIdSize / sizeof(std::uint64_t);

    struct Slot {
        std::atomic<std::uint64_t> registration{0};  // 0: free. Modulo kCapacity it is the slot's number.
        std::atomic<std::uint32_t> client_id{0};
        std::atomic<std::uint32_t> process_id{0};
        std::array<std::atomic<std::uint64_t>, kWords> bundle_id{};
    };

    [[nodiscard]] const Slot& slot_of(std::uint64_t registration) const noexcept GECKO_NONBLOCKING {
        return slots_[registration % kCapacity];
    }

    std::array<Slot, kCapacity> slots_{};
    std::atomic<std::size_t> used_{0};  // no slot from here on has ever been taken
    std::uint64_t rounds_ = 0;          // registrations given out
};

}  // namespace gecko::driver
