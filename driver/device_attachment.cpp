// The device's side of 'gshm', 'glat' and 'gsta': what is asked, what is answered, what is remembered of a failure.
#include <cmath>
#include <cstdio>
#include <cstring>

#include "driver/cf.hpp"
#include "driver/device.hpp"
#include "driver/host_time.hpp"
#include "driver/version.hpp"
#include "driver/volume.hpp"

namespace gecko::driver {
namespace {

// Of what is counted in the segment; 1 500 years at 192 kHz.
constexpr std::uint64_t kMostFrames = 9'000'000'000'000'000;

}  // namespace

OSStatus Device::change_attachment(CFTypeRef request, pid_t pid) noexcept {
    const auto result = [&]() noexcept -> std::expected<void, AttachFailure> {
        if (request == nullptr || ::CFGetTypeID(request) != ::CFDictionaryGetTypeID()) {
            return std::unexpected(AttachFailure{.status = kAudioHardwareUnspecifiedError,
                                                 .step = "request",
                                                 .reason = "the value is not a dictionary"});
        }
        const auto alive_limit =
            static_cast<std::uint64_t>(ticks_per_second_.load(std::memory_order_relaxed) * 1e-9 *
                                       static_cast<double>(shm::kAliveLimitNs));
        const auto dictionary = static_cast<CFDictionaryRef>(request);
        if (asks_for_detach(dictionary)) return attachment_.detach(pid, alive_limit);
        const auto wanted = parse_attach_request(dictionary);
        if (!wanted) return std::unexpected(wanted.error());
        const WriterState state{
            .rate = rate(), .gain = gain_of(volume()), .muted = muted(), .running = running()};
        return attachment_.attach(*wanted, pid, state, alive_limit);
    }();
    last_errno_ = result ? 0 : result.error().error_number;
    last_step_ = result ? "" : result.error().step;
    if (result) {
        last_error_[0] = '\0';
        return kAudioHardwareNoError;
    }
    const AttachFailure& failure = result.error();
    if (failure.app_protocol != 0) {
        const bool app_is_older = failure.app_protocol < shm::kProtocolVersion;
        (void)std::snprintf(
            last_error_.data(), last_error_.size(),
            "%s: driver %s speaks protocol %u, the app protocol %u. The %s is older: %s", failure.step,
            kVersion, unsigned{shm::kProtocolVersion}, unsigned{failure.app_protocol},
            app_is_older ? "app" : "driver",
            app_is_older ? "update Gecko" : "install the app's driver and restart the audio server");
        return failure.status;
    }
    // With the device's lock held, so strerror's buffer is at worst shared with the host.
    const char* cause = failure.error_number != 0 ? std::strerror(failure.error_number) : nullptr;
    (void)std::snprintf(last_error_.data(), last_error_.size(), "%s: %s%s%s", failure.step, failure.reason,
                        cause != nullptr ? ": " : "", cause != nullptr ? cause : "");
    return failure.status;
}

OSStatus Device::set_attachment(CFTypeRef request, pid_t pid) noexcept {
    OSStatus status = kAudioHardwareNoError;
    {
        const Locked locked(lock_);
        status = change_attachment(request, pid);
        forget_latency();
    }
    queue_.post(Notice::attachment);
    return status;
}

CFDictionaryRef Device::copy_attachment() noexcept {
    const Locked locked(lock_);
    DictionaryBuilder dictionary;
    if (const auto geometry = attachment_.geometry()) {
        dictionary.add(shm::key::kAbi, std::int64_t{shm::kProtocolVersion});
        dictionary.add(shm::key::kChannels, std::int64_t{geometry->channels()});
        dictionary.add(shm::key::kFrames, std::int64_t{geometry->frames()});
    }
    return dictionary.release();
}

OSStatus Device::set_latency(CFTypeRef request, pid_t pid) noexcept {
    if (request == nullptr || ::CFGetTypeID(request) != ::CFDictionaryGetTypeID())
        return kAudioHardwareUnspecifiedError;
    const auto* const dictionary = static_cast<CFDictionaryRef>(request);
    const auto frames = find_number(dictionary, shm::key::kLatency);
    if (!frames) return kAudioHardwareUnspecifiedError;
    const PathLatency latency{.frames = *frames,
                              .microseconds = find_number(dictionary, shm::key::kLatencyTime).value_or(0)};
    const Locked locked(lock_);
    const auto owner = attachment_.owner();
    if (!owner || owner->pid != pid || !is_latency(latency)) return kAudioHardwareIllegalOperationError;
    request_latency(latency);
    return kAudioHardwareNoError;
}

CFDictionaryRef Device::copy_latency() noexcept {
    DictionaryBuilder dictionary;
    dictionary.add(shm::key::kLatency, std::int64_t{latency()});
    return dictionary.release();
}

void Device::add_consumer(DictionaryBuilder& dictionary) const noexcept {
    const auto geometry = attachment_.geometry();
    const auto consumer = attachment_.consumer();
    if (!geometry || !consumer) return;
    dictionary.add(shm::key::kClientRings, std::int64_t{geometry->client_rings()});
    if (std::abs(consumer->steering) <= shm::kMaxSteering)  // not NaN
        dictionary.add(shm::key::kSteering, consumer->steering);
    const auto add_count = [&](const char* key, std::uint64_t frames) noexcept {
        if (frames <= kMostFrames) dictionary.add(key, static_cast<std::int64_t>(frames));
    };
    add_count(shm::key::kOvertaken, consumer->overtaken_frames);
    add_count(shm::key::kUnderruns, consumer->underrun_frames);
    // Read after the heartbeats, so that a true one is not in the future.
    const std::uint64_t now = host_time_now();
    const double ticks_per_ms = ticks_per_second_.load(std::memory_order_relaxed) * 1e-3;
    const auto add_age = [&](const char* key, std::uint64_t then) noexcept {
        if (then != 0 && then <= now)
            dictionary.add(key, static_cast<std::int64_t>(static_cast<double>(now - then) / ticks_per_ms));
    };
    add_age(shm::key::kAliveAge, consumer->alive);
    add_age(shm::key::kPulledAge, consumer->pulled);
}

CFDictionaryRef Device::copy_state() noexcept {
    const Locked locked(lock_);
    DictionaryBuilder dictionary;
    dictionary.add(shm::key::kDriverVersion, kVersion);
    dictionary.add(shm::key::kProtocol, std::int64_t{shm::kProtocolVersion});
    const auto owner = attachment_.owner();
    dictionary.add(shm::key::kAttached, owner.has_value());
    if (owner) {
        dictionary.add(shm::key::kOwnerUid, std::int64_t{owner->uid});
        dictionary.add(shm::key::kOwnerPid, std::int64_t{owner->pid});
    }
    dictionary.add(shm::key::kLastError, static_cast<const char*>(last_error_.data()));
    dictionary.add(shm::key::kLastStep, last_step_);
    dictionary.add(shm::key::kLastErrno, std::int64_t{last_errno_});
    dictionary.add(shm::key::kPublished, publisher_.writer() != nullptr);
    dictionary.add(shm::key::kPublishError, publisher_.error());
    if (const auto console = console_user()) dictionary.add(shm::key::kConsoleUid, std::int64_t{*console});
    dictionary.add(shm::key::kRate, std::int64_t{rate()});
    dictionary.add(shm::key::kRunning, running());
    dictionary.add(shm::key::kClients, static_cast<std::int64_t>(clients_.count()));
    dictionary.add(shm::key::kLatency, std::int64_t{latency()});
    add_consumer(dictionary);
    return dictionary.release();
}

}  // namespace gecko::driver
