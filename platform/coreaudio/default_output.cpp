#include "platform/coreaudio/default_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/coreaudio/hardware.hpp"
#include "platform/virtual_devices.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr HostTime kContest = std::chrono::seconds(5);
constexpr std::size_t kTimes = 3;
constexpr HostTime kBelief = std::chrono::milliseconds(200);  // until a default that was set must be seen
constexpr HostTime kDevicesCome = std::chrono::seconds(2);    // behind a restart of the audio server

/// Who makes this device the default, as far as that is known.
std::string who_makes(AudioObjectID device) {
    const VirtualDevice* known = recognise_virtual_device(device_uid(device), device_manufacturer(device));
    const bool named = known != nullptr && !known->application.empty();
    return fmt::format("{} makes \"{}\"", named ? known->application : "Something", device_name(device));
}

}  // namespace

void DefaultOutput::forget_server() noexcept {
    taken_ = false;
    output_ = replaced_ = kAudioObjectUnknown;
    lost_.clear();
    note_stands_ = noted_;
    restarted_ = true;
    restart_seen_.reset();
}

bool DefaultOutput::devices_come(HostTime now) const noexcept {
    return restarted_ && (!restart_seen_ || now - *restart_seen_ < kDevicesCome);
}

bool DefaultOutput::settled(HostTime now) const noexcept {
    return !devices_come(now) && (replaced_ == kAudioObjectUnknown || now - replaced_at_ >= kBelief);
}

std::optional<AudioObjectID> DefaultOutput::look(AudioObjectID sink, HostTime now) {
    const AudioObjectID current = default_output();
    if (restarted_ && !restart_seen_) restart_seen_ = now;
    if (current == sink) {
        // Left so by a gecko that crashed, or chosen by hand.
        if (take_ && !std::exchange(taken_, true)) noted_ = !former_.read().empty();
        ours_ = ours_ || take_;
        contested_.reset();
        not_noted_.reset();
        seen_ = kAudioObjectUnknown;
        return std::nullopt;
    }
    if (current == kAudioObjectUnknown) return std::nullopt;
    // What the system has been told it need not show at once.
    if (taken_ && current == replaced_ && !settled(now)) return std::nullopt;
    if (devices_come(now)) {
        taken_ = false;
        seen_ = current;
        return std::nullopt;
    }
    if (!std::exchange(taken_, false)) {
        if (std::exchange(seen_, current) == current) return std::nullopt;
        note_stands_ = false;
        return current;
    }
    seen_ = current;
    note_stands_ = false;
    lost_.push_back(now);
    while (now - lost_.front() > kContest) lost_.pop_front();
    if (lost_.size() < kTimes) return current;
    lost_.clear();
    contested_ = PlatformError{.kind = PlatformError::Kind::default_contested, .cause = who_makes(current)};
    former_.forget();
    ours_ = false;
    return current;
}

bool DefaultOutput::note(AudioObjectID former) {
    noted_ = former_.note(device_uid(former));
    not_noted_.reset();
    if (!noted_) {
        not_noted_ =
            PlatformError{.kind = PlatformError::Kind::default_not_noted, .cause = former_.file().string()};
    }
    return noted_;
}

void DefaultOutput::take(AudioObjectID sink, AudioObjectID output, HostTime now) {
    if (!take_ || contested_) return;
    const AudioObjectID before = std::exchange(output_, output);
    const bool went_over = before != kAudioObjectUnknown && before != output;
    if (taken_) {
        if (!noted_ || went_over) note(output);
        return;
    }
    const AudioObjectID current = default_output();
    const bool can_be_given_back = current != kAudioObjectUnknown && !OutputChoice::objection(current, sink);
    // Behind a restart of the audio server what was noted before it counts, if it is still there, and not what is the default now.
    const bool stands =
        note_stands_ &&
        device_with_uid(former_.read().c_str()).value_or(kAudioObjectUnknown) != kAudioObjectUnknown;
    if (!stands && !note(can_be_given_back && !note_stands_ ? current : output)) return;
    noted_ = true;
    replaced_ = current;
    replaced_at_ = now;
    taken_ = ours_ = set_default_output(sink);
}

void DefaultOutput::give_back(const OutputChoice& choice) {
    taken_ = false;
    output_ = kAudioObjectUnknown;
    if (!ours_) return;
    // Where it cannot be given back the note stays, for the guard and the next start.
    ours_ = !give_default_back(former_, choice);
    seen_ = default_output();  // which nobody chose
}

std::expected<void, PlatformError> give_default_back(const FormerDefault& former,
                                                     const OutputChoice& choice) {
    const auto devices = all_devices();
    if (!devices) return std::unexpected(devices.error());
    // Somebody else's device was the source: it took the default only if that is noted.
    const std::string noted = former.read();
    const auto may_have_taken_it = [&](AudioObjectID device) {
        const std::string uid = device_uid(device);
        return uid == shm::kDeviceUid ||
               (!noted.empty() && can_be_source(uid, device_manufacturer(device), input_channels(device)));
    };
    const AudioObjectID sink = default_output();
    if (may_have_taken_it(sink)) {
        const auto chosen = choice.choose(sink);
        const auto noted_one = device_with_uid(noted.c_str()).value_or(kAudioObjectUnknown);
        bool given = noted_one != kAudioObjectUnknown && noted_one != sink && set_default_output(noted_one);
        if (!given && !chosen) return std::unexpected(chosen.error());
        given = given || set_default_output(*chosen);
        if (!given) {
            return std::unexpected(
                PlatformError{.kind = PlatformError::Kind::device_refused,
                              .cause = device_name(*chosen) + " does not become the default output"});
        }
    } else if (!noted.empty() && std::ranges::none_of(*devices, may_have_taken_it)) {
        return std::unexpected(PlatformError{.kind = PlatformError::Kind::plugin_not_installed, .cause = {}});
    }
    former.forget();
    return {};
}

}  // namespace gecko::platform::coreaudio
