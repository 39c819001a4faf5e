#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <expected>

#include "shm/layout.hpp"

namespace gecko::shm {

/// What of a segment could not be had. `error_number` is errno, 0 where the system refused nothing.
struct SegmentError {
    enum class Step : std::uint8_t {
        open,       ///< shm_open: not there (ENOENT), not permitted (EACCES), there already (EEXIST) ...
        resize,     ///< ftruncate of a new segment
        too_small,  ///< the segment holds fewer bytes than its geometry needs
        foreign,    ///< magic or geometry are not those that were announced
        version,    ///< another protocol version
        map,        ///< mmap
    };
    Step step;
    int error_number;
};

/// A mapped POSIX shared-memory segment; unmapped when it goes. Control threads only.
class Segment {
  public:
    /// Creates and fills a segment that must not exist yet (O_CREAT | O_EXCL) and maps it read-write.
    ///
    /// name   "/..." of at most 31 characters (macOS PSHMNAMLEN)
    /// rate   Hz, for the header
    /// mode   permission bits, as they are: the umask does not take part
    static std::expected<Segment, SegmentError> create(const char* name, const Geometry& geometry,
                                                       std::uint32_t rate, mode_t mode) noexcept;

    Segment(Segment&& other) noexcept;
    Segment& operator=(Segment&& other) noexcept;
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;
    ~Segment();

    [[nodiscard]] std::byte* base() const noexcept { return base_; }
    [[nodiscard]] const Geometry& geometry() const noexcept { return geometry_; }
    [[nodiscard]] View view() const noexcept { return View::of(base_, geometry_); }

  private:
    friend class FoundSegment;
    Segment(std::byte* base, const Geometry& geometry) noexcept : base_(base), geometry_(geometry) {}

    /// Null if the system refuses.
    static std::byte* map_bytes(int descriptor, std::size_t bytes) noexcept;

    std::byte* base_;
    Geometry geometry_;
};

/// A segment that somebody else created: opened, not yet believed.
///
/// Opening and mapping are apart so that its owner can be judged in between. Never creates: a name that is
/// not there is an error.
class FoundSegment {
  public:
    static std::expected<FoundSegment, SegmentError> open(const char* name) noexcept;

    FoundSegment(FoundSegment&& other) noexcept;
    FoundSegment& operator=(FoundSegment&&) = delete;
    ~FoundSegment();

    [[nodiscard]] uid_t owner() const noexcept { return owner_; }
    /// Maps it read-write, if it has the size, magic, version and geometry that were announced.
    [[nodiscard]] std::expected<Segment, SegmentError> map(const Geometry& announced) const noexcept;

  private:
    FoundSegment(int descriptor, uid_t owner, std::size_t bytes) noexcept
        : descriptor_(descriptor), owner_(owner), bytes_(bytes) {}

    int descriptor_;
    uid_t owner_;
    std::size_t bytes_;
};

/// Removes the name; mappings stay. Returns 0 or errno.
int unlink_segment(const char* name) noexcept;

}  // namespace gecko::shm
