#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rt/nonblocking.hpp"
#include "shm/layout.hpp"
#include "shm/pcm_ring.hpp"

namespace gecko::shm {

/// Whose a client ring is.
struct ClientIdentity {
    /// Of this client and no other that was or will be, though client IDs are used again; 0 is nobody.
    std::uint64_t registration = 0;
    std::uint32_t client_id = 0;   ///< the host's
    std::uint32_t process_id = 0;  ///< 0 where the host does not tell
    BundleId bundle_id{};
};

/// The producer's side of the client rings (docs/shared-memory.md): what each client played, by itself.
///
/// ProcessOutput writes into a client's ring (write), WriteMix makes it part of the client's interval (commit). What was written
/// for a cycle that never was mixed is never heard. IO thread.
class ClientRings {
  public:
    /// `view` of a segment of this geometry; it may have no client rings.
    ClientRings(const View& view, const Geometry& geometry) noexcept;

    /// Whether this client has a ring.
    [[nodiscard]] bool has(std::uint64_t registration) const noexcept GECKO_NONBLOCKING {
        return find(registration) != kNone;
    }
    /// Gives the client a ring: one that nobody had yet, or of a client that is gone, or else of one that has not played for a whole
    /// ring. Only such as lie a ring behind P, so that nobody reads an old client's audio under a new one's name.
    ///
    /// position  P
    /// False if there is none.
    bool take(const ClientIdentity& client, std::uint64_t position) noexcept GECKO_NONBLOCKING;
    /// Frees the rings of clients that `is_there(registration)` denies.
    template <class IsThere>
    void free_unless(IsThere is_there) noexcept GECKO_NONBLOCKING {
        for (std::size_t i = 0; i < count_; ++i)
            if (rings_[i].holder != 0 && !is_there(rings_[i].holder)) rings_[i].holder = 0;
    }

    /// A client's part of the cycle under way, as far as it lies at P or behind it.
    ///
    /// registration  of a client; one without a ring makes the cycle incomplete
    /// time          device sample time of the cycle
    /// base          device sample time of P = 0 in the time line that the cycle belongs to
    /// position      of the first frame, in frames of P; P or later
    /// frames        0: the client takes part, all that it played was too late
    void write(std::uint64_t registration, std::int64_t time, std::uint64_t base, std::uint64_t position,
               const float* pcm, std::uint64_t frames) noexcept GECKO_NONBLOCKING;

    /// The cycle at this device sample time is not complete: a client's part of it is known to be missing.
    void miss(std::int64_t time) noexcept GECKO_NONBLOCKING {
        begin_cycle(time);
        lacking_ = true;
    }
    /// Whether a client has taken part in the cycle at this device sample time.
    [[nodiscard]] bool played(std::int64_t time) const noexcept GECKO_NONBLOCKING {
        return played_ && time == time_;
    }
    /// The cycle has been mixed: [from, until) of P, of which [from, sound) is a hole that the mix fills with silence. To be
    /// called before P is stored. A cycle in which no client took part is complete if its mix is `silent`: else the host does not
    /// show its clients.
    ///
    /// time  device sample time of the cycle
    void commit(std::int64_t time, std::uint64_t base, std::uint64_t from, std::uint64_t sound,
                std::uint64_t until, bool silent) noexcept GECKO_NONBLOCKING;
    /// The cycle came too late as a whole: P stays at `position`.
    void drop_cycle(std::uint64_t position) noexcept GECKO_NONBLOCKING;

  private:
    static constexpr std::size_t kNone = SIZE_MAX;

    /// Positions in frames of P.
    struct Ring {
        std::uint64_t holder = 0;    // registration; 0: nobody
        std::uint64_t base = 0;      // of the last write
        std::uint64_t start = 0;     // as stored
        std::uint64_t end = 0;       // as stored; at or before start: the interval is empty
        std::uint64_t valid = 0;     // [max(start, end), valid) has been written and waits to be committed
        std::uint64_t reserved = 0;  // as stored; no byte of a frame behind it has been written
        std::uint64_t sound_from = kNever;  // where the first of what waits to be committed was written
        bool played = false;                // in this cycle
    };

    void begin_cycle(std::int64_t time) noexcept GECKO_NONBLOCKING;
    void forget_cycle() noexcept GECKO_NONBLOCKING;
    [[nodiscard]] std::size_t find(std::uint64_t registration) const noexcept GECKO_NONBLOCKING;
    void reserve(Ring& ring, ClientEntry& entry, std::uint64_t until) noexcept GECKO_NONBLOCKING;
    [[nodiscard]] std::uint64_t overwritten(const Ring& ring) const noexcept GECKO_NONBLOCKING;
    [[nodiscard]] std::uint64_t overwritten_ahead_of(std::uint64_t position) const noexcept GECKO_NONBLOCKING;
    static void discard(Ring& ring) noexcept GECKO_NONBLOCKING;
    void store_complete_from(std::uint64_t position) noexcept GECKO_NONBLOCKING;

    ProducerBlock* out_;
    Geometry geometry_;
    float* samples_;
    std::size_t count_;
    std::array<Ring, kClientRings> rings_{};
    std::uint64_t complete_from_ = kNever;
    std::int64_t time_ = 0;  // device sample time of the cycle under way
    bool played_ = false;    // anybody, in this cycle
    bool lacking_ = false;   // somebody played whose part is in no ring, in this cycle
};

}  // namespace gecko::shm
