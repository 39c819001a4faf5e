#include "minihal/system/clock_page.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "minihal/system/real_time.hpp"

namespace minihal {

ClockPage::Snapshot ClockPage::try_read() const noexcept {
    Snapshot snapshot{};
    const uint64_t before = sequence.load(std::memory_order_acquire);
    snapshot.offset = offset.load(std::memory_order_relaxed);
    snapshot.due = due.load(std::memory_order_relaxed);
    snapshot.real = real_time_ticks();
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const uint64_t after = sequence.load(std::memory_order_relaxed);
    snapshot.sequence = before == after ? before : (before | 1);
    return snapshot;
}

void ClockPage::change(uint64_t new_due, Excess excess) noexcept {
    // Odd already when a writer before this one was killed in the middle.
    const uint64_t odd = sequence.load(std::memory_order_relaxed) | 1;
    sequence.store(odd, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);

    const uint64_t real = real_time_ticks();
    uint64_t new_offset = offset.load(std::memory_order_relaxed);
    // After a restart of the machine an old page is ahead of real time; nobody can have read it since.
    if (new_offset > real) new_offset = 0;
    const uint64_t running = real - new_offset;
    const uint64_t old_due = due.load(std::memory_order_relaxed);
    if (excess == Excess::kAbsorbed && running > old_due) new_offset += running - old_due;

    offset.store(new_offset, std::memory_order_relaxed);
    due.store(std::max(new_due, real - new_offset), std::memory_order_relaxed);
    sequence.store(odd + 1, std::memory_order_release);
}

namespace {

std::string system_error() {
    return std::strerror(errno);
}

// Closes on every way out unless released.
class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0) close(value_);
    }
    int get() const { return value_; }
    int release() {
        const int value = value_;
        value_ = -1;
        return value;
    }

  private:
    int value_;
};

}  // namespace

std::expected<MappedClockPage, std::string> map_clock_page(const std::string& path, PageAccess access,
                                                           const MappedClockPage& known) {
    const bool write = access == PageAccess::kWrite;
    for (;;) {
        Descriptor file(open(path.c_str(), (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW));
        if (file.get() < 0) return std::unexpected(system_error());
        while (flock(file.get(), LOCK_SH) != 0) {
            if (errno != EINTR) return std::unexpected(system_error());
        }
        struct stat status{};
        if (fstat(file.get(), &status) != 0) return std::unexpected(system_error());
        // Removed between our opening and our locking: look again.
        if (status.st_nlink == 0) continue;
        if (!S_ISREG(status.st_mode) || status.st_size < static_cast<off_t>(sizeof(ClockPage))) {
            return std::unexpected("it is not a clock page");
        }

        MappedClockPage mapped{nullptr, -1, status.st_dev, status.st_ino};
        // A page mapped for reading does not serve a writer.
        if (!write && known.same_file(mapped)) {
            mapped.page = known.page;
        } else {
            void* memory = mmap(nullptr, sizeof(ClockPage), PROT_READ | (write ? PROT_WRITE : 0), MAP_SHARED,
                                file.get(), 0);
            if (memory == MAP_FAILED) return std::unexpected(system_error());
            auto* page = static_cast<ClockPage*>(memory);
            if (page->magic != ClockPage::kMagic || page->version != ClockPage::kVersion ||
                page->size != sizeof(ClockPage)) {
                munmap(memory, sizeof(ClockPage));
                return std::unexpected("it is not a clock page of this version");
            }
            mapped.page = page;
        }
        mapped.descriptor = file.release();
        return mapped;
    }
}

std::expected<void, std::string> create_clock_page(const std::string& path) {
    // Under another name first: nobody may see half a page.
    const std::string draft = path + "." + std::to_string(getpid());
    unlink(draft.c_str());
    Descriptor file(open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file.get() < 0) return std::unexpected(system_error());
    void* memory = MAP_FAILED;
    if (ftruncate(file.get(), sizeof(ClockPage)) == 0) {
        memory = mmap(nullptr, sizeof(ClockPage), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    }
    if (memory == MAP_FAILED) {
        std::string reason = system_error();
        unlink(draft.c_str());
        return std::unexpected(std::move(reason));
    }
    auto* page = new (memory) ClockPage{};
    page->magic = ClockPage::kMagic;
    page->version = ClockPage::kVersion;
    page->size = sizeof(ClockPage);
    page->due.store(kNoDue, std::memory_order_relaxed);
    munmap(memory, sizeof(ClockPage));
    if (rename(draft.c_str(), path.c_str()) != 0) {
        std::string reason = system_error();
        unlink(draft.c_str());
        return std::unexpected(std::move(reason));
    }
    return {};
}

void discard_clock_page(const std::string& path, MappedClockPage& mapped) {
    if (mapped.descriptor < 0) return;
    struct stat there{};
    if (flock(mapped.descriptor, LOCK_EX | LOCK_NB) == 0 &&
        fstatat(AT_FDCWD, path.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 && there.st_dev == mapped.device &&
        there.st_ino == mapped.inode) {
        unlink(path.c_str());
    }
    close(mapped.descriptor);
    mapped.descriptor = -1;
}

}  // namespace minihal
