#include "platform/coreaudio/driver_link.hpp"

#include <fmt/format.h>
#include <mach/mach_time.h>
#include <pwd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>
#include <string>
#include <utility>

#include "platform/coreaudio/driver_state.hpp"
#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "platform/coreaudio/processes.hpp"
#include "shm/attach.hpp"
#include "shm/stale_names.hpp"

namespace gecko::platform::coreaudio {
namespace {

using Kind = PlatformError::Kind;
namespace key = shm::key;

// On macOS the audio server is another user (_coreaudiod, not in the group staff): it opens the segment as "other", while
// other people's processes are members of the group and kept out. On Linux the host is this user, as a rule; where it cannot
// open the segment, it is another one.
constexpr mode_t kOpenMode = 0606;
#ifdef __APPLE__
constexpr mode_t kMode = kOpenMode;
#else
constexpr mode_t kMode = 0600;
#endif

/// A name that nobody can guess and so nobody can take first.
std::string private_name() {
    constexpr std::string_view kBase32 = shm::kNameAlphabet;
    std::random_device random;
    std::string name = shm::kNamePrefix;
    for (std::size_t i = 0; i < shm::kNameRandom; ++i) name += kBase32[random() % kBase32.size()];
    return name;
}

CFOwned<CFNumberRef> number(std::uint32_t value) {
    const auto wide = static_cast<SInt64>(value);
    return CFOwned<CFNumberRef>(CFNumberCreate(kCFAllocatorDefault, kCFNumberSInt64Type, &wide));
}

CFOwned<CFDictionaryRef> dictionary(std::initializer_list<std::pair<const char*, CFTypeRef>> entries) {
    CFMutableDictionaryRef made = CFDictionaryCreateMutable(
        kCFAllocatorDefault, 0, &kCFTypeDictionaryKeyCallBacks, &kCFTypeDictionaryValueCallBacks);
    for (const auto& [name, value] : entries) CFDictionarySetValue(made, to_cf(name).get(), value);
    return CFOwned<CFDictionaryRef>(made);
}

std::string errno_text(int error_number) {
    return std::strerror(error_number);
}

PlatformError local_failure(const shm::SegmentError& error) {
    using Step = shm::SegmentError::Step;
    const std::string why = errno_text(error.error_number);
    switch (error.step) {
        case Step::map:
            return {.kind = Kind::mmap_failed, .cause = why};
        case Step::resize:
            return {.kind = Kind::shm_open_failed, .cause = "setting its size: " + why};
        default:
            return {.kind = Kind::shm_open_failed, .cause = why};
    }
}

std::string user_name(SInt64 uid) {
    const passwd* entry = ::getpwuid(static_cast<uid_t>(uid));
    return entry != nullptr ? entry->pw_name : std::to_string(uid);
}

/// One that has ended, but whose parent has not noticed, can still be sent signals; it has no program any more.
bool process_is_gone(SInt64 pid) {
    if (pid <= 0) return false;
    if (::kill(static_cast<pid_t>(pid), 0) != 0) return errno == ESRCH;
    return !SystemProcesses().executable(static_cast<std::uint32_t>(pid));
}

/// What the driver's refusal of 'gshm' means.
PlatformError refusal(const DriverState& state, OSStatus status) {
    if (state.last_step == "owner") {
        return {.kind = Kind::driver_taken,
                .cause = fmt::format("process {} of user {}", state.owner_pid, user_name(state.owner_uid))};
    }
    if (state.last_step == "version" || status == kAudioHardwareUnknownPropertyError)
        return other_version(state);
    const std::string cause =
        "the driver says: " + (state.last_error.empty() ? status_text(status) : state.last_error);
    return {.kind = state.last_step == "map" ? Kind::mmap_failed : Kind::shm_open_failed, .cause = cause};
}

}  // namespace

std::expected<std::unique_ptr<Source>, Source::Failure> DriverLink::attach(AudioObjectID sink) {
    constexpr shm::Geometry geometry = shm::Geometry::of(shm::kDefaultFrames, 2).value();
    shm::unlink_stale_names();
    mode_t mode = kMode;
    while (true) {
        const std::string name = private_name();
        auto segment = shm::Segment::create(name.c_str(), geometry,
                                            static_cast<std::uint32_t>(nominal_rate(sink)), mode);
        if (!segment) return std::unexpected(Failure{.error = local_failure(segment.error())});
        std::unique_ptr<DriverLink> link(new DriverLink(*std::move(segment)));
        const OSStatus status = link->offer(sink, name);
        if (status == kAudioHardwareNoError) return link;
        if (status == kAudioHardwareNotRunningError) {
            return std::unexpected(Failure{.error = {.kind = Kind::server_not_running, .cause = {}}});
        }
        const DriverState state = driver_state(sink);
        if (mode != kOpenMode && state.last_step == "open" && state.last_errno == EACCES) {
            mode = kOpenMode;
            continue;
        }
        return std::unexpected(
            Failure{.error = refusal(state, status),
                    .owner_is_dead = state.last_step == "owner" && process_is_gone(state.owner_pid)});
    }
}

std::vector<DriverFact> DriverLink::try_modes(AudioObjectID sink) {
    constexpr shm::Geometry geometry = shm::Geometry::of(shm::kDefaultFrames, 2).value();
    std::vector<DriverFact> facts;
    for (const mode_t mode : std::array<mode_t, 4>{0600U, 0606U, 0660U, 0666U}) {
        const std::string name = private_name();
        DriverFact fact{.name = fmt::format("shared memory of mode {:04o}", mode), .value = {}};
        auto segment = shm::Segment::create(name.c_str(), geometry,
                                            static_cast<std::uint32_t>(nominal_rate(sink)), mode);
        if (!segment) {
            const PlatformError error = local_failure(segment.error());
            fact.value =
                fmt::format("not made: {} (errno {})", error.message(), segment.error().error_number);
        } else {
            DriverLink link(*std::move(segment));  // which detaches when it goes
            const OSStatus status = link.offer(sink, name);
            const DriverState state = driver_state(sink);
            fact.value =
                status == kAudioHardwareNoError
                    ? "the driver takes it"
                    : fmt::format("the driver refuses it ({}): {} (step {}, errno {})", status_text(status),
                                  state.last_error, state.last_step, state.last_errno);
        }
        facts.push_back(std::move(fact));
    }
    return facts;
}

OSStatus DriverLink::offer(AudioObjectID sink, const std::string& name) {
    beat();
    const shm::Geometry& geometry = segment_.geometry();
    const auto abi = number(shm::kProtocolVersion);
    const auto channels = number(geometry.channels());
    const auto frames = number(geometry.frames());
    const auto name_text = to_cf(name.c_str());
    const auto request = dictionary({{key::kName, name_text.get()},
                                     {key::kAbi, abi.get()},
                                     {key::kChannels, channels.get()},
                                     {key::kFrames, frames.get()}});
    const OSStatus status = set(sink, address_of(shm::kAttachProperty), request.get());
    // From here on the memory is reachable only by those who have it mapped.
    shm::unlink_segment(name.c_str());
    if (status == kAudioHardwareNoError) sink_ = sink;
    return status;
}

DriverLink::~DriverLink() {
    if (sink_ == kAudioObjectUnknown) return;
    store_alive(0);  // stale at once, should the detaching fail
    const auto request = dictionary({{key::kDetach, kCFBooleanTrue}});
    set(sink_, address_of(shm::kAttachProperty), request.get());
}

void DriverLink::store_alive(std::uint64_t host_time) noexcept {
    segment_.view().control->consumer.alive.store(host_time, std::memory_order_release);
}

bool DriverLink::set_latency(std::uint32_t frames, std::uint32_t microseconds) {
    const std::pair told(frames, microseconds);
    if (std::exchange(latency_, told) == told) return false;
    const auto in_frames = number(frames);
    const auto in_time = number(microseconds);
    const auto request = dictionary({{key::kLatency, in_frames.get()}, {key::kLatencyTime, in_time.get()}});
    // A driver that refuses it is heard all the same; what it says to applications is what it said before.
    (void)set(sink_, address_of(shm::kLatencyProperty), request.get());
    return true;
}

void DriverLink::beat() noexcept {
    store_alive(mach_absolute_time());
}

}  // namespace gecko::platform::coreaudio
