#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

/// The memory orderings on which the shared-memory protocol and the driver's own hand-overs rest: where each stands in the
/// sources, and what a model puts in its place to show that it is needed.
namespace gecko::model {

enum class Order : std::uint8_t { relaxed, acquire, release, acq_rel, seq_cst };

/// A place in the sources where an ordering other than relaxed stands. A relaxed fence is none.
enum class Site : std::uint8_t {
    reserved_fence,
    position_store,
    write_head_store,
    position_load,
    copy_fence,
    cell_fence,
    cell_end,
    cell_load,
    cell_read_fence,
    generation_store,
    generation_load,
    magic_store,
    magic_load,
    lease_count_in,
    lease_look_again,
    lease_count_out,
    publish,
    withdraw,
    users_load,
    clock_step,
    clock_fence,
    clock_load,
    clock_read_fence,
    clock_begin_takes,
    clock_begin_gives,
    clock_steer_takes,
    clock_steer_gives,
    reserved_load,
    client_take_fence,
    client_take_end,
    client_lowered_store,
    client_reserved_fence,
    client_end_store,
    client_sequence_load,
    client_identity_fence,
    client_end_load,
    clients_add,
    clients_remove_fence,
    clients_find,
    clients_find_fence,
    clients_read_fence,
    count
};

using Orders = std::array<Order, static_cast<std::size_t>(Site::count)>;

struct Outcome {
    bool holds;
    std::uint64_t checked;  ///< how often there was something to check: 0 is a model that says nothing
    std::string report;  ///< what Relacy printed: the interleaving, if there is one that breaks the statement
};

/// A model under the orderings given: thousands of interleavings and stale reads, always the same ones.
using Model = Outcome (*)(const Orders&);

Outcome mix_ring(const Orders& orders);  ///< every frame that the consumer keeps is the right one
Outcome time_line(
    const Orders& orders);  ///< a time line is read whole, and no older than what is read after it
Outcome segment_header(const Orders& orders);  ///< who sees the magic sees what was written before it
Outcome lease(const Orders& orders);           ///< no mapping is dropped while the IO thread is in it
Outcome driver_clock(const Orders& orders);    ///< a reader of the clock gets one line, whole
Outcome client_ring(
    const Orders&
        orders);  ///< what is taken for a client's audio is that client's, of those frames, and all of it
Outcome driver_clients(
    const Orders& orders);  ///< the IO thread takes no client for another, and reads who it is whole

struct Ordering {
    Site site;
    const char* name;
    Model model;
    const char* file;
    const char* statement;  ///< as it stands in the file
    Order ships;
    Order weakened;
};

// clang-format off
inline constexpr std::array kOrderings = {
    Ordering{Site::reserved_fence, "TheFenceBetweenReservedAndTheData", &mix_ring, "shm/ring_writer.cpp",
             "out.reserved.store(end, std::memory_order_relaxed);\n    std::atomic_thread_fence(std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::position_store, "TheReleaseOfP", &mix_ring, "shm/ring_writer.cpp",
             "out.position.store(end, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::write_head_store, "TheReleaseOfTheWriteHead", &mix_ring, "shm/ring_writer.cpp",
             "view_.header->write_head.store(geometry_.index_of(end), std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::position_load, "TheAcquireOfP", &mix_ring, "shm/ring_reader.cpp",
             "const std::uint64_t written = view_.control->producer.position.load(std::memory_order_acquire);",
             Order::acquire, Order::relaxed},
    Ordering{Site::copy_fence, "TheFenceBetweenTheCopyAndReserved", &mix_ring, "shm/ring_reader.cpp",
             "racy_copy(to + first, pcm, samples - first);\n        std::atomic_thread_fence(std::memory_order_acquire);",
             Order::acquire, Order::relaxed},

    Ordering{Site::cell_fence, "TheFenceBehindTheCellsOddSequence", &time_line, "shm/ring_writer.cpp",
             "cell.sequence.store(++time_line_sequence_, std::memory_order_relaxed);\n"
             "    std::atomic_thread_fence(std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::cell_end, "TheReleaseOfTheCellsEvenSequence", &time_line, "shm/ring_writer.cpp",
             "cell.sequence.store(++time_line_sequence_, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::cell_load, "TheAcquireOfTheCellsSequence", &time_line, "shm/ring_reader.cpp",
             "const std::uint32_t before = cell.sequence.load(std::memory_order_acquire);", Order::acquire, Order::relaxed},
    Ordering{Site::cell_read_fence, "TheFenceBeforeTheCellsSecondLook", &time_line, "shm/ring_reader.cpp",
             "std::atomic_thread_fence(std::memory_order_acquire);\n"
             "        if (before % 2 != 0 || cell.sequence.load(std::memory_order_relaxed) != before) continue;",
             Order::acquire, Order::relaxed},
    Ordering{Site::generation_store, "TheReleaseOfTheGeneration", &time_line, "shm/ring_writer.cpp",
             "view_.control->producer.generation.store(++generation_, std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::generation_load, "TheAcquireOfTheGeneration", &time_line, "shm/ring_reader.cpp",
             "state.generation = in.generation.load(std::memory_order_acquire);", Order::acquire, Order::relaxed},

    Ordering{Site::magic_store, "TheReleaseOfTheMagic", &segment_header, "shm/segment_create.cpp",
             "control->identity.magic.store(kMagic, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::magic_load, "TheAcquireOfTheMagic", &segment_header, "shm/segment.cpp",
             "if (identity.magic.load(std::memory_order_acquire) != kMagic) return failed(Step::foreign, 0);",
             Order::acquire, Order::relaxed},

    Ordering{Site::lease_count_in, "CountingInBeforeLookingAgain", &lease, "driver/attach.cpp",
             "slot_->users.fetch_add(1, std::memory_order_seq_cst);", Order::seq_cst, Order::acq_rel},
    Ordering{Site::lease_look_again, "LookingAgainAfterCountingIn", &lease, "driver/attach.cpp",
             "if (attachment.published_.load(std::memory_order_seq_cst) == slot_) return;", Order::seq_cst, Order::acquire},
    Ordering{Site::lease_count_out, "TheReleaseWithWhichTheIoThreadLeaves", &lease, "driver/attach.hpp",
             "if (slot_ != nullptr) slot_->users.fetch_sub(1, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::publish, "PublishingBeforeCountingTheUsers", &lease, "driver/attach.cpp",
             "Slot* before = published_.exchange(slot, std::memory_order_seq_cst);", Order::seq_cst, Order::acq_rel},
    Ordering{Site::withdraw, "WithdrawingBeforeCountingTheUsers", &lease, "driver/attach.cpp",
             "Slot* before = published_.exchange(nullptr, std::memory_order_seq_cst);", Order::seq_cst, Order::acq_rel},
    Ordering{Site::users_load, "CountingTheUsersAfterWithdrawing", &lease, "driver/attach.cpp",
             "if (slot.users.load(std::memory_order_seq_cst) == 0) {", Order::seq_cst, Order::acquire},

    Ordering{Site::clock_step, "TheReleaseOfTheClocksStep", &driver_clock, "driver/clock.cpp",
             "sequence_.store(++sequence, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::clock_fence, "TheFenceBehindTheClocksStep", &driver_clock, "driver/clock.cpp",
             "std::atomic_thread_fence(std::memory_order_release);\n        cell.store(line_);", Order::release, Order::relaxed},
    Ordering{Site::clock_load, "TheAcquireOfTheClocksSequence", &driver_clock, "driver/clock.cpp",
             "const std::uint32_t before = sequence_.load(std::memory_order_acquire);", Order::acquire, Order::relaxed},
    Ordering{Site::clock_read_fence, "TheFenceBeforeTheClocksSecondLook", &driver_clock, "driver/clock.cpp",
             "std::atomic_thread_fence(std::memory_order_acquire);\n"
             "        if (sequence_.load(std::memory_order_relaxed) != before) continue;",
             Order::acquire, Order::relaxed},
    Ordering{Site::clock_begin_takes, "TakingTheClocksFlagToBeginATimeLine", &driver_clock, "driver/clock.cpp",
             "while (writing_.test_and_set(std::memory_order_acquire)) ::sched_yield();", Order::acquire, Order::relaxed},
    Ordering{Site::clock_begin_gives, "GivingTheClocksFlagBackAfterATimeLineBegan", &driver_clock, "driver/clock.cpp",
             "publish();\n    steer_again_after(0);\n    writing_.clear(std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::clock_steer_takes, "TakingTheClocksFlagToSteer", &driver_clock, "driver/clock.cpp",
             "if (writing_.test_and_set(std::memory_order_acquire)) return;", Order::acquire, Order::relaxed},
    Ordering{Site::clock_steer_gives, "GivingTheClocksFlagBackAfterSteering", &driver_clock, "driver/clock.cpp",
             "    }\n    writing_.clear(std::memory_order_release);", Order::release, Order::relaxed},

    Ordering{Site::client_take_fence, "TheFenceBehindTheEntrysOddSequence", &client_ring, "shm/client_rings.cpp",
             "entry.sequence.store(sequence + 1, std::memory_order_relaxed);\n"
             "    std::atomic_thread_fence(std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::client_take_end, "TheReleaseOfTheEntrysEvenSequence", &client_ring, "shm/client_rings.cpp",
             "entry.sequence.store(sequence + 2, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::client_lowered_store, "TheReleaseOfAReservedThatComesDown", &client_ring, "shm/client_rings.cpp",
             "entry.reserved.store(until, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::client_reserved_fence, "TheFenceBetweenAClientsReservedAndItsData", &client_ring, "shm/client_rings.cpp",
             "ring.reserved = until;\n    std::atomic_thread_fence(std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::client_end_store, "TheReleaseOfAClientsEnd", &client_ring, "shm/client_rings.cpp",
             "out_->clients[i].end.store(end, std::memory_order_release);", Order::release, Order::relaxed},
    Ordering{Site::client_sequence_load, "TheAcquireOfTheEntrysSequence", &client_ring, "shm/client_ring_reader.cpp",
             "const std::uint32_t before = entry.sequence.load(std::memory_order_acquire);", Order::acquire, Order::relaxed},
    Ordering{Site::client_identity_fence, "TheFenceBeforeTheEntrysSecondLook", &client_ring, "shm/client_ring_reader.cpp",
             "std::atomic_thread_fence(std::memory_order_acquire);\n"
             "    if (before % 2 != 0 || entry.sequence.load(std::memory_order_relaxed) != before) return std::nullopt;",
             Order::acquire, Order::relaxed},
    Ordering{Site::client_end_load, "TheAcquireOfAClientsEnd", &client_ring, "shm/client_ring_reader.cpp",
             "const std::uint64_t client_end = entry.end.load(std::memory_order_acquire);", Order::acquire, Order::relaxed},
    Ordering{Site::reserved_load, "TheAcquireOfReservedBeforeTheStartIsLookedAtAgain", &client_ring, "shm/ring_reader.cpp",
             "const std::uint64_t reserved = reserved_end.load(std::memory_order_acquire);", Order::acquire, Order::relaxed},

    Ordering{Site::clients_add, "TheReleaseOfARegistration", &driver_clients, "driver/clients.cpp",
             "slot.registration.store(++rounds_ * kCapacity + index, std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::clients_remove_fence, "TheFenceBehindARegistrationThatEnds", &driver_clients, "driver/clients.cpp",
             "// Before anything of the next one's is in the slot.\n"
             "        std::atomic_thread_fence(std::memory_order_release);",
             Order::release, Order::relaxed},
    Ordering{Site::clients_find, "TheAcquireOfARegistration", &driver_clients, "driver/clients.cpp",
             "const std::uint64_t registration = slots_[i].registration.load(std::memory_order_acquire);",
             Order::acquire, Order::relaxed},
    Ordering{Site::clients_find_fence, "TheFenceBehindAClientsId", &driver_clients, "driver/clients.cpp",
             "std::atomic_thread_fence(std::memory_order_acquire);\n        if (has(registration)) return registration;",
             Order::acquire, Order::relaxed},
    Ordering{Site::clients_read_fence, "TheFenceBehindAClientsIdentity", &driver_clients, "driver/clients.cpp",
             "std::atomic_thread_fence(std::memory_order_acquire);\n    return has(registration);",
             Order::acquire, Order::relaxed},
};
// clang-format on

/// GoogleTest's name of a case.
inline std::ostream& operator<<(std::ostream& out, const Ordering& ordering) {
    return out << ordering.file;
}

/// The orderings as they ship.
constexpr Orders shipped() {
    Orders orders{};
    for (const Ordering& ordering : kOrderings)
        orders[static_cast<std::size_t>(ordering.site)] = ordering.ships;
    return orders;
}

}  // namespace gecko::model
