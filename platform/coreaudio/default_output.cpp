#include "platform/coreaudio/default_output.hpp"

#include <fmt/format.h>

#include <tuple>
#include <utility>

#include "platform/coreaudio/hardware.hpp"
#include "platform/virtual_devices.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr HostTime kContest = std::chrono::seconds(5);
constexpr std::size_t kTimes = 3;

/// Who makes this device the default, as far as that is known.
std::string who_makes(AudioObjectID device) {
    const VirtualDevice* known = recognise_virtual_device(device_uid(device), device_manufacturer(device));
    const bool named = known != nullptr && !known->application.empty();
    return fmt::format("{} makes \"{}\"", named ? known->application : "Something", device_name(device));
}

}  // namespace

std::optional<AudioObjectID> DefaultOutput::look(AudioObjectID sink, HostTime now) {
    const AudioObjectID current = default_output();
    if (current == sink) {
        // Left so by a gecko that crashed, or chosen by hand.
        if (take_ && !std::exchange(taken_, true)) noted_ = !former_.read().empty();
        contested_.reset();
        seen_ = kAudioObjectUnknown;
        return std::nullopt;
    }
    if (current == kAudioObjectUnknown) return std::nullopt;
    if (!std::exchange(taken_, false)) {
        if (std::exchange(seen_, current) == current) return std::nullopt;
        return current;
    }
    seen_ = current;
    former_.note(device_uid(current));
    lost_.push_back(now);
    while (now - lost_.front() > kContest) lost_.pop_front();
    if (lost_.size() < kTimes) return current;
    lost_.clear();
    contested_ = PlatformError{.kind = PlatformError::Kind::default_contested, .cause = who_makes(current)};
    former_.forget();
    return current;
}

void DefaultOutput::take(AudioObjectID sink, AudioObjectID output) {
    if (!take_ || contested_) return;
    if (taken_) {
        if (!std::exchange(noted_, true)) former_.note(device_uid(output));
        return;
    }
    const AudioObjectID current = default_output();
    if (current != kAudioObjectUnknown) former_.note(device_uid(current));
    noted_ = true;
    taken_ = set_default_output(sink);
}

void DefaultOutput::give_back(const OutputChoice& choice) {
    const bool taken = std::exchange(taken_, false);
    // Behind a restart of the audio server it may be the default again before anybody has looked.
    if (!taken && former_.read().empty()) return;
    // Where it cannot be given back the note stays, for the guard and the next start.
    std::ignore = give_default_back(former_, choice);
}

std::expected<void, PlatformError> give_default_back(const FormerDefault& former,
                                                     const OutputChoice& choice) {
    if (const auto server = all_devices(); !server) return std::unexpected(server.error());
    // Somebody else's device was the source: it took the default only if that is noted.
    const AudioObjectID sink = default_output();
    const auto uid = device_uid(sink);
    const bool taken =
        uid == shm::kDeviceUid ||
        (!former.read().empty() && can_be_source(uid, device_manufacturer(sink), input_channels(sink)));
    if (taken) {
        auto output = device_with_uid(former.read().c_str());
        if (!output) return std::unexpected(output.error());
        if (*output == kAudioObjectUnknown || *output == sink) output = choice.choose(sink);
        if (!output) return std::unexpected(output.error());
        if (!set_default_output(*output)) {
            return std::unexpected(
                PlatformError{.kind = PlatformError::Kind::device_refused,
                              .cause = device_name(*output) + " does not become the default output"});
        }
    }
    former.forget();
    return {};
}

}  // namespace gecko::platform::coreaudio
