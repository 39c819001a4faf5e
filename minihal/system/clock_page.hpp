// The page that the processes of one minihal share, and how it is read and changed.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <expected>
#include <string>

#include "minihal/system/host_clock.hpp"

namespace minihal {

// A sequence lock guards offset and due: the sequence is odd while the writer changes them.
//
// Why the clock never goes back, in any process or from one process to another. Let f(r) = min(r - offset, due) be the clock before a change
// and g after it; both grow with the real time r.
// - The writer reads the real time R after it has made the sequence odd (with a full fence between) and chooses values with g(R) >= f(R).
// - A reader that sees the new even sequence has read its real time after that, so r >= R: it gets g(r) >= g(R) >= f(R).
// - A reader that returns an old value has read its real time r' inside the section, and after it (a full fence between) has still
//   seen the old sequence. Had r' been later than R, the odd sequence would have been visible before r' was read. So r' <= R, and it
//   gets f(r') <= f(R).
// The real time read outside of the section would break the second step or the third.
struct ClockPage {
    static constexpr uint64_t kMagic = 0x6d68'616c'636c'6b31;  // "mhalclk1"
    static constexpr uint32_t kVersion = 1;

    uint64_t magic;
    uint32_t version;
    uint32_t size;  // of this structure
    alignas(64) std::atomic<uint64_t> sequence;
    std::atomic<uint64_t> offset;  // ticks that real time is ahead of the clock
    std::atomic<uint64_t> due;     // ticks, or kNoDue

    // One attempt to read, between two looks at the sequence.
    struct Snapshot {
        uint64_t sequence;  // odd when the values may not belong together
        uint64_t real;      // ticks
        uint64_t offset;
        uint64_t due;

        uint64_t clock() const noexcept {
            const uint64_t running = real > offset ? real - offset : 0;
            return running < due ? running : due;
        }
        bool settled() const noexcept { return sequence % 2 == 0; }
    };
    Snapshot try_read() const noexcept;

    // By the writer only. A due time that has passed becomes the present.
    void change(uint64_t new_due, Excess excess) noexcept;
};
static_assert(std::atomic<uint64_t>::is_always_lock_free, "processes share the page");
static_assert(sizeof(ClockPage) == 128);

// A page in this process. The memory stays mapped for ever, since a thread may be reading it; the descriptor, while it is open, holds a
// shared lock that tells the server that the page is in use.
struct MappedClockPage {
    ClockPage* page = nullptr;
    int descriptor = -1;
    dev_t device = 0;
    ino_t inode = 0;

    bool same_file(const MappedClockPage& other) const noexcept {
        return page != nullptr && device == other.device && inode == other.inode;
    }
};

enum class PageAccess { kRead, kWrite };

// The page at `path`. `known` is one that this process has mapped already (or none); its memory is used again when it is the same
// file. The error is a reason: there is none, or the file is no such page.
std::expected<MappedClockPage, std::string> map_clock_page(const std::string& path, PageAccess access,
                                                           const MappedClockPage& known);

// Puts a new page at `path`, in place of whatever is there: nothing due, no offset. The error is a reason.
std::expected<void, std::string> create_clock_page(const std::string& path);

// Unlinks the page unless another process has it open, and gives up the descriptor either way.
void discard_clock_page(const std::string& path, MappedClockPage& mapped);

}  // namespace minihal
