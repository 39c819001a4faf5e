#include "minihal/system/host_clock.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "minihal/system/clock_page.hpp"
#include "minihal/system/real_time.hpp"
#include "minihal/system/run_directory.hpp"
#include "minihal/system/ticks.hpp"

namespace minihal {
namespace {

// A writer needs some hundred nanoseconds for a change. One that has not ended it after this long was killed in the middle (or
// is stopped); its readers then go on with what they find.
constexpr uint64_t kAbandonedAfter = kTicksPerSecond / 10;

// The clock as this process sees it: the page, or real time with an offset of its own. The switch between the two is guarded
// by a second sequence lock, by the argument that clock_page.hpp makes; the floor, below which nothing is returned, sees to
// g(R) >= f(R).
class ProcessClock {
  public:
    uint64_t now() noexcept {
        if (!started_.load(std::memory_order_acquire)) start();
        for (;;) {
            const uint64_t before = sequence_.load(std::memory_order_acquire);
            if (before % 2 != 0) continue;
            const ClockPage* page = page_.load(std::memory_order_relaxed);
            const uint64_t value = page == nullptr ? unfollowed() : followed(*page).clock();
            const uint64_t floor = floor_.load(std::memory_order_relaxed);
            std::atomic_thread_fence(std::memory_order_seq_cst);
            if (sequence_.load(std::memory_order_relaxed) == before) return std::max(value, floor);
        }
    }

    void follow() {
        const std::lock_guard lock(changes_);
        map();
        if (mapped_.page != nullptr) switch_to(mapped_.page);
        started_.store(true, std::memory_order_release);
    }

    void release() {
        const std::lock_guard lock(changes_);
        switch_to(nullptr);
    }

    // The writer's own page takes the place of the one that was mapped for reading.
    void follow(const MappedClockPage& writable) {
        const std::lock_guard lock(changes_);
        adopt(writable);
        switch_to(mapped_.page);
        started_.store(true, std::memory_order_release);
    }

    void discard(const std::string& path) {
        const std::lock_guard lock(changes_);
        switch_to(nullptr);
        discard_clock_page(path, mapped_);
    }

  private:
    // The first reading in the process. A page without a server must stop nobody, so its due time waits for follow().
    void start() noexcept {
        const std::lock_guard lock(changes_);
        if (started_.load(std::memory_order_relaxed)) return;
        map();
        if (mapped_.page != nullptr) {
            offset_.store(followed(*mapped_.page).offset, std::memory_order_relaxed);
        }
        started_.store(true, std::memory_order_release);
    }

    void map() {
        if (auto page = map_clock_page(run_file(kClockFile), PageAccess::kRead, mapped_)) adopt(*page);
    }

    void adopt(const MappedClockPage& page) {
        if (mapped_.descriptor >= 0) close(mapped_.descriptor);
        mapped_ = page;
    }

    void switch_to(const ClockPage* page) noexcept {
        const ClockPage* old = page_.load(std::memory_order_relaxed);
        const uint64_t odd = sequence_.load(std::memory_order_relaxed) + 1;
        sequence_.store(odd, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        // Alone, this process has raised the floor with each reading.
        if (old != nullptr) {
            const ClockPage::Snapshot last = followed(*old);
            raise_floor(last.clock());
            offset_.store(last.offset, std::memory_order_relaxed);
        }
        page_.store(page, std::memory_order_relaxed);
        sequence_.store(odd + 1, std::memory_order_release);
    }

    // The page may fall behind meanwhile, by what its server absorbs; what has been read here is then the floor, and not a tick more.
    uint64_t unfollowed() noexcept {
        const uint64_t offset = offset_.load(std::memory_order_relaxed);
        const uint64_t real = real_time_ticks();
        const uint64_t value = real > offset ? real - offset : 0;
        raise_floor(value);
        return value;
    }

    ClockPage::Snapshot followed(const ClockPage& page) noexcept {
        ClockPage::Snapshot snapshot = page.try_read();
        if (snapshot.settled()) return snapshot;
        const uint64_t deadline = snapshot.real + kAbandonedAfter;
        while (snapshot.real < deadline &&
               abandoned_.load(std::memory_order_relaxed) != page.sequence.load(std::memory_order_relaxed)) {
            snapshot = page.try_read();
            if (snapshot.settled()) return snapshot;
        }
        // Whatever the writer left, if it is alive after all this process does not go back.
        abandoned_.store(page.sequence.load(std::memory_order_relaxed) | 1, std::memory_order_relaxed);
        raise_floor(snapshot.clock());
        return snapshot;
    }

    void raise_floor(uint64_t value) noexcept {
        uint64_t floor = floor_.load(std::memory_order_relaxed);
        while (floor < value && !floor_.compare_exchange_weak(floor, value, std::memory_order_relaxed)) {
        }
    }

    std::atomic<bool> started_{false};
    std::atomic<uint64_t> sequence_{0};
    std::atomic<const ClockPage*> page_{nullptr};  // the one that is followed
    std::atomic<uint64_t> offset_{0};              // while none is
    std::atomic<uint64_t> floor_{0};
    std::atomic<uint64_t> abandoned_{0};  // the odd sequence that a writer left behind

    std::mutex changes_;
    MappedClockPage mapped_;
};

// Constant-initialised and never destroyed: the clock is read before and after every other object lives.
constinit ProcessClock process_clock;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
constinit std::atomic<uint64_t (*)()> virtual_clock{nullptr};

}  // namespace

uint64_t host_clock_now() noexcept {
    if (auto* clock = virtual_clock.load(std::memory_order_acquire)) return clock();
    return process_clock.now();
}

void set_virtual_clock(uint64_t (*clock)()) noexcept {
    virtual_clock.store(clock, std::memory_order_release);
}

void host_clock_follow() {
    process_clock.follow();
}

void host_clock_release() {
    process_clock.release();
}

std::expected<HostClockWriter, std::string> HostClockWriter::open() {
    const auto directory = make_run_directory();
    if (!directory) return std::unexpected(directory.error());
    std::string path = run_file(kClockFile);
    auto mapped = map_clock_page(path, PageAccess::kWrite, {});
    if (!mapped) {
        const auto created = create_clock_page(path);
        if (created) mapped = map_clock_page(path, PageAccess::kWrite, {});
        if (!created || !mapped) {
            return std::unexpected("cannot make the clock page " + path + ": " +
                                   (created ? mapped.error() : created.error()) +
                                   "; check that the run directory can be written to");
        }
    }
    // Time goes on for those who let go of the page when the last writer died; Excess::kKept is what does not take it back from them.
    mapped->page->change(kNoDue, Excess::kKept);
    process_clock.follow(*mapped);
    return HostClockWriter(mapped->page, std::move(path));
}

HostClockWriter::HostClockWriter(ClockPage* page, std::string path) noexcept
    : page_(page), path_(std::move(path)) {}

HostClockWriter::HostClockWriter(HostClockWriter&& other) noexcept
    : page_(std::exchange(other.page_, nullptr)), path_(std::move(other.path_)) {}

HostClockWriter::~HostClockWriter() {
    if (page_ == nullptr) return;
    page_->change(kNoDue, Excess::kAbsorbed);
    process_clock.discard(path_);
}

void HostClockWriter::set_due(uint64_t due, Excess excess) noexcept {
    page_->change(due, excess);
}

std::chrono::nanoseconds HostClockWriter::time_until(uint64_t ticks) const noexcept {
    // Only this writer changes the offset, so no section is needed.
    const uint64_t offset = page_->offset.load(std::memory_order_relaxed);
    const uint64_t real = real_time_ticks();
    const uint64_t running = real > offset ? real - offset : 0;
    if (ticks <= running) return std::chrono::nanoseconds(0);
    constexpr uint64_t kLongest = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (ticks - running >= ticks_from_ns(kLongest)) return std::chrono::nanoseconds::max();
    return std::chrono::nanoseconds(static_cast<int64_t>(ns_from_ticks(ticks - running) + 1));
}

}  // namespace minihal
