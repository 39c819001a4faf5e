#include "driver/attach.hpp"

#include <sys/stat.h>
#include <time.h>

#include <cmath>
#include <utility>

#include "driver/host_time.hpp"

namespace gecko::driver {
namespace {

using Step = shm::SegmentError::Step;

AttachFailure failure_of(const shm::SegmentError& error) noexcept {
    switch (error.step) {
        case Step::open:
            return {kAudioHardwareUnspecifiedError, "open", "shm_open refused", error.error_number};
        case Step::too_small:
            return {kAudioHardwareBadPropertySizeError, "size", "the segment is smaller than its geometry",
                    0};
        case Step::foreign:
            return {kAudioDeviceUnsupportedFormatError, "format", "the segment is not what was announced", 0};
        case Step::version:
            return {kAudioHardwareUnsupportedOperationError, "version",
                    "the segment has another protocol version", 0};
        case Step::map:
            return {kAudioHardwareUnspecifiedError, "map", "mmap refused", error.error_number};
        case Step::resize:
            break;  // only who creates a segment sizes it
    }
    return {kAudioHardwareUnspecifiedError, "open", "the segment cannot be used", error.error_number};
}

constexpr AttachFailure kOwned = {kAudioHardwareIllegalOperationError, "owner",
                                  "another process is attached and alive", 0};
constexpr AttachFailure kNotConsoleUsers = {kAudioDevicePermissionsError, "user",
                                            "the segment does not belong to the console user", 0};
constexpr AttachFailure kBusy = {kAudioHardwareNotReadyError, "busy",
                                 "the IO thread is still in the segment before", 0};

// An IO operation lasts microseconds. A host that holds its IO thread in one for this long is stuck.
constexpr int kLeaveTries = 10'000;
constexpr timespec kLeavePause = {.tv_sec = 0, .tv_nsec = 100'000};

}  // namespace

std::optional<uid_t> console_user() noexcept {
    struct stat console{};
    if (::stat("/dev/console", &console) != 0) return std::nullopt;
    return console.st_uid;
}

bool authorise(uid_t segment_owner) noexcept {
    return console_user() == segment_owner;
}

// The IO thread counts itself in and then looks whether the slot is still the published one; a control thread
// takes the slot away and then looks whether anybody is counted in. Both in the one order of seq_cst, so at
// least one sees the other (Dekker). Who comes too late counts itself out and plays this cycle into nothing.
// tests/model/ runs this with each ordering weakened.
Attachment::Lease::Lease(Attachment& attachment) noexcept GECKO_NONBLOCKING
    : slot_(attachment.published_.load(std::memory_order_relaxed)) {
    if (slot_ == nullptr) return;
    slot_->users.fetch_add(1, std::memory_order_seq_cst);
    if (attachment.published_.load(std::memory_order_seq_cst) == slot_) return;
    slot_->users.fetch_sub(1, std::memory_order_relaxed);
    slot_ = nullptr;
}

double Attachment::Lease::steering(std::uint64_t now,
                                   double ticks_per_second) const noexcept GECKO_NONBLOCKING {
    if (slot_ == nullptr) return 0.0;
    const shm::ConsumerBlock& consumer = slot_->mapping->segment.view().control->consumer;
    // A heartbeat may be a little ahead: the host's time of this cycle is that of its beginning.
    const std::uint64_t since = now - consumer.pulled.load(std::memory_order_relaxed);
    const double age = std::abs(static_cast<double>(static_cast<std::int64_t>(since)));
    if (age > ticks_per_second * 1e-9 * static_cast<double>(shm::kPullLimitNs)) return 0.0;
    return consumer.steering.load(std::memory_order_relaxed);
}

bool Attachment::drop(Slot& slot) noexcept {
    for (int tries = 0; slot.mapping; ++tries) {
        if (slot.users.load(std::memory_order_seq_cst) == 0) {
            slot.mapping->writer.set_running(false);  // the last word to whoever still reads there
            slot.mapping.reset();
            return true;
        }
        if (tries == kLeaveTries) return false;
        ::nanosleep(&kLeavePause, nullptr);
    }
    return true;
}

Attachment::Slot* Attachment::free_slot() noexcept {
    const Slot* published = published_.load(std::memory_order_relaxed);
    for (Slot& slot : slots_)
        if (&slot != published && drop(slot)) return &slot;
    return nullptr;
}

bool Attachment::owned_by_another(pid_t pid, std::uint64_t alive_limit) const noexcept {
    const Slot* slot = published_.load(std::memory_order_relaxed);
    if (slot == nullptr || (owner_ && owner_->pid != 0 && owner_->pid == pid)) return false;
    // The heartbeat first, the clock after it: so a true heartbeat is never in the future.
    const std::uint64_t alive =
        slot->mapping->segment.view().control->consumer.alive.load(std::memory_order_acquire);
    const std::uint64_t now = host_time_now();
    return alive != 0 && alive <= now && now - alive <= alive_limit;
}

std::expected<void, AttachFailure> Attachment::attach(const AttachRequest& request, pid_t pid,
                                                      const WriterState& state,
                                                      std::uint64_t alive_limit) noexcept {
    if (owned_by_another(pid, alive_limit)) return std::unexpected(kOwned);
    const auto found = shm::FoundSegment::open(request.name.data());
    if (!found) return std::unexpected(failure_of(found.error()));
    if (!authorise(found->owner())) return std::unexpected(kNotConsoleUsers);
    auto segment = found->map(request.geometry);
    if (!segment) return std::unexpected(failure_of(segment.error()));

    Slot* slot = free_slot();
    if (slot == nullptr) return std::unexpected(kBusy);
    shm::RingWriter& writer = slot->mapping.emplace(std::move(*segment)).writer;
    writer.set_rate(state.rate);
    writer.set_volume(state.gain, state.muted);
    writer.set_running(state.running);

    Slot* before = published_.exchange(slot, std::memory_order_seq_cst);
    owner_ = Owner{.uid = found->owner(), .pid = pid};
    if (before != nullptr) (void)drop(*before);  // if the IO thread does not leave, the next one tries again
    return {};
}

std::expected<void, AttachFailure> Attachment::detach(pid_t pid, std::uint64_t alive_limit) noexcept {
    if (owned_by_another(pid, alive_limit)) return std::unexpected(kOwned);
    Slot* before = published_.exchange(nullptr, std::memory_order_seq_cst);
    owner_.reset();
    if (before != nullptr && !drop(*before)) return std::unexpected(kBusy);
    return {};
}

shm::RingWriter* Attachment::writer() noexcept {
    Slot* slot = published_.load(std::memory_order_relaxed);
    return slot != nullptr ? &slot->mapping->writer : nullptr;
}

std::optional<shm::Geometry> Attachment::geometry() const noexcept {
    const Slot* slot = published_.load(std::memory_order_relaxed);
    if (slot == nullptr) return std::nullopt;
    return slot->mapping->segment.geometry();
}

std::optional<ConsumerWords> Attachment::consumer() const noexcept {
    const Slot* slot = published_.load(std::memory_order_relaxed);
    if (slot == nullptr) return std::nullopt;
    const shm::ConsumerBlock& consumer = slot->mapping->segment.view().control->consumer;
    return ConsumerWords{.alive = consumer.alive.load(std::memory_order_relaxed),
                         .pulled = consumer.pulled.load(std::memory_order_relaxed),
                         .steering = consumer.steering.load(std::memory_order_relaxed),
                         .overtaken_frames = consumer.overtaken_frames.load(std::memory_order_relaxed),
                         .underrun_frames = consumer.underrun_frames.load(std::memory_order_relaxed)};
}

}  // namespace gecko::driver
