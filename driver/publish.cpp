#include "driver/publish.hpp"

#include <CoreFoundation/CoreFoundation.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "driver/cf.hpp"
#include "driver/rates.hpp"
#include "shm/attach.hpp"

namespace gecko::driver {
namespace {

using Step = shm::SegmentError::Step;

constexpr shm::Geometry kGeometry = shm::Geometry::of(shm::kDefaultFrames, kChannels, 0).value();

std::optional<mode_t> mode_of(const char* text) noexcept {
    if (std::strcmp(text, "0644") == 0) return 0644;
    if (std::strcmp(text, "0666") == 0) return 0666;
    return std::nullopt;
}

const char* words_of(Step step) noexcept {
    switch (step) {
        case Step::resize:
            return "cannot be given its size";
        case Step::map:
            return "cannot be mapped";
        default:
            return "cannot be made";
    }
}

}  // namespace

void Publisher::fail(const char* name, const char* what, int error_number) noexcept {
    // With the device's lock held, so strerror's buffer is at worst shared with the host.
    (void)std::snprintf(error_.data(), error_.size(), "%s %s%s%s", name, what, error_number != 0 ? ": " : "",
                        error_number != 0 ? std::strerror(error_number) : "");
}

/// Only what this user's own drivers have left; what belongs to somebody else is not touched.
bool Publisher::remove_stale(const char* name) noexcept {
    const int descriptor = ::shm_open(name, O_RDONLY, 0);
    if (descriptor < 0) {
        fail(name, "is there and cannot be opened", errno);
        return false;
    }
    struct stat status{};
    const bool looked = ::fstat(descriptor, &status) == 0;
    ::close(descriptor);
    if (!looked || status.st_uid != ::geteuid()) {
        (void)std::snprintf(error_.data(), error_.size(), "%s belongs to user %u, who must remove it", name,
                            static_cast<unsigned>(status.st_uid));
        return false;
    }
    if (const int refused = shm::unlink_segment(name); refused != 0) {
        fail(name, "cannot be removed", refused);
        return false;
    }
    return true;
}

void Publisher::publish(const char* name, const char* mode, const WriterState& state) noexcept {
    if (mapping_) return;
    const auto bits = mode_of(mode);
    if (!bits) return fail(kPublishKey, "is neither 0644 nor 0666", 0);
    auto made = shm::Segment::create(name, kGeometry, state.rate, *bits);
    if (!made && made.error().step == Step::open && made.error().error_number == EEXIST) {
        if (!remove_stale(name)) return;
        made = shm::Segment::create(name, kGeometry, state.rate, *bits);
    }
    if (!made) return fail(name, words_of(made.error().step), made.error().error_number);

    shm::RingWriter& writer = mapping_.emplace(static_cast<shm::Segment&&>(*made)).writer;
    writer.set_rate(state.rate);
    writer.set_volume(state.gain, state.muted);
    writer.set_running(state.running);
    writer_.store(&writer, std::memory_order_release);
}

void Publisher::publish_as_bundle_says(const WriterState& state) noexcept {
    const CfOwned identifier(create_string(shm::kDriverBundleId));
    if (identifier.get() == nullptr) return;
    const CFBundleRef bundle = ::CFBundleGetBundleWithIdentifier(identifier.get());
    if (bundle == nullptr) return;  // the driver's objects in some other program: a test, a simulation
    const CfOwned key(create_string(kPublishKey));
    const CFTypeRef value =
        key.get() != nullptr ? ::CFBundleGetValueForInfoDictionaryKey(bundle, key.get()) : nullptr;
    if (value == nullptr) return;
    std::array<char, 8> mode{};
    if (::CFGetTypeID(value) != ::CFStringGetTypeID() ||
        !::CFStringGetCString(static_cast<CFStringRef>(value), mode.data(), mode.size(),
                              kCFStringEncodingUTF8)) {
        return fail(kPublishKey, "is neither 0644 nor 0666", 0);
    }
    publish(shm::kFixedName, mode.data(), state);
}

}  // namespace gecko::driver
