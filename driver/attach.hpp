#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "driver/attach_request.hpp"
#include "rt/nonblocking.hpp"
#include "shm/ring_writer.hpp"
#include "shm/segment.hpp"

namespace gecko::driver {

/// Whether a segment may become the driver's, judged by the user who created it: the console user (the owner
/// of /dev/console), nobody else. Stricter demands on the app belong here.
bool authorise(uid_t segment_owner) noexcept;

/// Who sits at the machine: the owner of /dev/console. Nothing if that cannot be said.
std::optional<uid_t> console_user() noexcept;

/// What a writer is told before the IO thread gets it.
struct WriterState {
    std::uint32_t rate;  ///< Hz
    float gain;          ///< linear, 0..1
    bool muted;
    bool running;
};

/// Whose the driver is.
struct Owner {
    uid_t uid;
    pid_t pid;  ///< 0 where the host did not tell
};

/// What the app says of itself in the segment: any value at all.
struct ConsumerWords {
    std::uint64_t alive;   ///< host ticks
    std::uint64_t pulled;  ///< host ticks
    double steering;       ///< ppm
    std::uint64_t overtaken_frames;
    std::uint64_t underrun_frames;
};

/// The segment that the driver plays into, if any, and the handing over to the IO thread.
///
/// All but Lease: control threads, one at a time (the device's lock).
class Attachment {
    struct Mapping {
        explicit Mapping(shm::Segment&& found) noexcept
            : segment(static_cast<shm::Segment&&>(found)), writer(segment.base(), segment.geometry()) {}
        shm::Segment segment;
        shm::RingWriter writer;
    };
    /// A place for a mapping. The place itself never goes, so the IO thread may always count itself in.
    struct Slot {
        std::atomic<std::uint32_t> users{0};
        std::optional<Mapping> mapping;
    };

  public:
    /// The IO thread's hold on the writer; the segment stays mapped as long as it lives.
    class Lease {
      public:
        explicit Lease(Attachment& attachment) noexcept GECKO_NONBLOCKING;
        ~Lease() GECKO_NONBLOCKING {
            if (slot_ != nullptr) slot_->users.fetch_sub(1, std::memory_order_release);
        }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;

        /// Null while no app is attached.
        [[nodiscard]] shm::RingWriter* writer() const noexcept GECKO_NONBLOCKING {
            return slot_ != nullptr ? &slot_->mapping->writer : nullptr;
        }
        /// How fast the app wants the clock, ppm off nominal, as it stands in the segment: any value. 0 while no
        /// app is attached, or if its output has not called back for shm::kPullLimitNs.
        ///
        /// now  host ticks
        [[nodiscard]] double steering(std::uint64_t now,
                                      double ticks_per_second) const noexcept GECKO_NONBLOCKING;

      private:
        Slot* slot_;
    };

    /// Opens, judges and maps the segment and publishes its writer. One that was attached is dropped.
    ///
    /// pid          process that asks; 0 is unknown, and never equal to an owner's
    /// alive_limit  host ticks: an owner whose heartbeat is not older than this keeps the driver, unless it is
    ///              the owner who asks
    std::expected<void, AttachFailure> attach(const AttachRequest& request, pid_t pid,
                                              const WriterState& state, std::uint64_t alive_limit) noexcept;

    /// Drops the segment. Only for the owner, or anybody when its heartbeat is stale. Success if there is none.
    std::expected<void, AttachFailure> detach(pid_t pid, std::uint64_t alive_limit) noexcept;

    /// The writer, for what control threads tell it; null while no app is attached.
    [[nodiscard]] shm::RingWriter* writer() noexcept;
    [[nodiscard]] std::optional<Owner> owner() const noexcept { return owner_; }
    [[nodiscard]] std::optional<shm::Geometry> geometry() const noexcept;
    [[nodiscard]] std::optional<ConsumerWords> consumer() const noexcept;

  private:
    [[nodiscard]] bool owned_by_another(pid_t pid, std::uint64_t alive_limit) const noexcept;
    /// A slot that the IO thread is not in, its mapping dropped; null if it does not leave in time.
    [[nodiscard]] Slot* free_slot() noexcept;
    /// Drops a mapping that is not published any more; false while the IO thread is in it.
    static bool drop(Slot& slot) noexcept;

    std::array<Slot, 2> slots_{};
    std::atomic<Slot*> published_{nullptr};
    std::optional<Owner> owner_;
};

}  // namespace gecko::driver
