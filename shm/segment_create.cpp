// What whoever makes a segment does: the app, and the driver where it publishes one. Make it, and take its name away.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "shm/segment.hpp"

namespace gecko::shm {
namespace {

using Step = SegmentError::Step;

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
    if (descriptor < 0) return std::unexpected(SegmentError{.step = Step::open, .error_number = errno});
    const auto give_up = [&](Step step, int error_number) {
        ::close(descriptor);
        ::shm_unlink(name);
        return std::unexpected(SegmentError{.step = step, .error_number = error_number});
    };
#ifdef __linux__
    // Linux takes the umask off the mode; macOS does not, and refuses fchmod here.
    if (::fchmod(descriptor, mode) != 0) return give_up(Step::open, errno);
#endif
    if (::ftruncate(descriptor, static_cast<off_t>(geometry.segment_bytes())) != 0)
        return give_up(Step::resize, errno);
#ifdef __linux__
    // tmpfs promises nothing with ftruncate: a full one would end whoever touches the memory first, the audio server included.
    if (const int refused = ::posix_fallocate(descriptor, 0, static_cast<off_t>(geometry.segment_bytes()));
        refused != 0) {
        return give_up(Step::resize, refused);
    }
#endif
    std::byte* base = map_bytes(descriptor, geometry.segment_bytes());
    if (base == nullptr) return give_up(Step::map, errno);
    ::close(descriptor);
    fill(base, geometry, rate);
    return Segment(base, geometry);
}

int unlink_segment(const char* name) noexcept {
    return ::shm_unlink(name) == 0 ? 0 : errno;
}

}  // namespace gecko::shm
