#include "shm/segment.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gecko::shm {
namespace {

using Step = SegmentError::Step;

std::unexpected<SegmentError> failed(Step step, int error_number) noexcept {
    return std::unexpected(SegmentError{.step = step, .error_number = error_number});
}

}  // namespace

std::byte* Segment::map_bytes(int descriptor, std::size_t bytes) noexcept {
    void* base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return base == MAP_FAILED ? nullptr : static_cast<std::byte*>(base);
}

Segment::Segment(Segment&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), geometry_(other.geometry_) {}

Segment& Segment::operator=(Segment&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(geometry_, other.geometry_);
    return *this;
}

Segment::~Segment() {
    if (base_ != nullptr) ::munmap(base_, geometry_.segment_bytes());
}

std::expected<FoundSegment, SegmentError> FoundSegment::open(const char* name) noexcept {
    const int descriptor = ::shm_open(name, O_RDWR, 0);
    if (descriptor < 0) return failed(Step::open, errno);
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        const int error_number = errno;
        ::close(descriptor);
        return failed(Step::open, error_number);
    }
    return FoundSegment(descriptor, status.st_uid, static_cast<std::size_t>(status.st_size));
}

FoundSegment::FoundSegment(FoundSegment&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), owner_(other.owner_), bytes_(other.bytes_) {}

FoundSegment::~FoundSegment() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::expected<Segment, SegmentError> FoundSegment::map(const Geometry& announced) const noexcept {
    if (bytes_ < announced.segment_bytes()) return failed(Step::too_small, 0);
    std::byte* base = Segment::map_bytes(descriptor_, announced.segment_bytes());
    if (base == nullptr) return failed(Step::map, errno);
    Segment segment(base, announced);  // unmaps on every way out but the last
    // It may have been cut since it was opened. Linux lets its owner cut it later, too; macOS sizes an object once.
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return failed(Step::map, errno);
    if (static_cast<std::size_t>(status.st_size) < announced.segment_bytes())
        return failed(Step::too_small, 0);

    const View view = segment.view();
    const Identity& identity = view.control->identity;
    if (identity.magic.load(std::memory_order_acquire) != kMagic) return failed(Step::foreign, 0);
    if (identity.version != kProtocolVersion) return failed(Step::version, 0);
    const auto held = Geometry::of(identity.frames, identity.channels, identity.client_rings);
    if (held != announced || view.header->buffer_size != announced.samples() ||
        view.header->channels != announced.channels()) {
        return failed(Step::foreign, 0);
    }
    return segment;
}

}  // namespace gecko::shm
