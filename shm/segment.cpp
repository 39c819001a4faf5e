#include "shm/segment.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

namespace gecko::shm {
namespace {

using Step = SegmentError::Step;

std::unexpected<SegmentError> failed(Step step, int error_number) noexcept {
    return std::unexpected(SegmentError{.step = step, .error_number = error_number});
}

std::byte* map_bytes(int descriptor, std::size_t bytes) noexcept {
    void* base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return base == MAP_FAILED ? nullptr : static_cast<std::byte*>(base);
}

void fill(std::byte* base, const Geometry& geometry, std::uint32_t rate) noexcept {
    // The bytes are zero; constructing the atomics in place gives them their lifetime.
    auto* header = new (base) Header{};
    header->buffer_size = geometry.samples();
    header->channels = geometry.channels();
    header->sample_rate.store(rate, std::memory_order_relaxed);
    auto* control = new (base + geometry.control_offset()) ControlBlock{};
    control->identity.version = kProtocolVersion;
    control->identity.frames = geometry.frames();
    control->identity.channels = geometry.channels();
    control->identity.client_rings = geometry.client_rings();
    control->producer.complete_from.store(kNever, std::memory_order_relaxed);
    control->producer.volume.store(1.0f, std::memory_order_relaxed);
    control->identity.magic.store(kMagic, std::memory_order_release);
}

}  // namespace

std::expected<Segment, SegmentError> Segment::create(const char* name, const Geometry& geometry,
                                                     std::uint32_t rate, mode_t mode) noexcept {
    const int descriptor = ::shm_open(name, O_CREAT | O_EXCL | O_RDWR, mode);
    if (descriptor < 0) return failed(Step::open, errno);
    const auto give_up = [&](Step step, int error_number) {
        ::close(descriptor);
        ::shm_unlink(name);
        return failed(step, error_number);
    };
#ifdef __linux__
    // Linux takes the umask off the mode; macOS does not, and refuses fchmod here.
    if (::fchmod(descriptor, mode) != 0) return give_up(Step::open, errno);
#endif
    if (::ftruncate(descriptor, static_cast<off_t>(geometry.segment_bytes())) != 0)
        return give_up(Step::resize, errno);
    std::byte* base = map_bytes(descriptor, geometry.segment_bytes());
    if (base == nullptr) return give_up(Step::map, errno);
    ::close(descriptor);
    fill(base, geometry, rate);
    return Segment(base, geometry);
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
    std::byte* base = map_bytes(descriptor_, announced.segment_bytes());
    if (base == nullptr) return failed(Step::map, errno);
    Segment segment(base, announced);  // unmaps on every way out but the last

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

int unlink_segment(const char* name) noexcept {
    return ::shm_unlink(name) == 0 ? 0 : errno;
}

}  // namespace gecko::shm
