#include "platform/coreaudio/output_choice.hpp"

#include <algorithm>
#include <tuple>

#include "platform/coreaudio/hardware.hpp"
#include "platform/virtual_devices.hpp"
#include "shm/attach.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr std::size_t kRemembered = 16;

bool is_virtual(UInt32 transport) {
    return transport == kAudioDeviceTransportTypeVirtual || transport == kAudioDeviceTransportTypeAggregate;
}

}  // namespace

void OutputChoice::prefer(const std::string& uid) {
    if (uid.empty()) return;
    std::erase(chosen_, uid);
    std::erase_if(avoided_, [&](AudioObjectID device) { return device_uid(device) == uid; });
    chosen_.insert(chosen_.begin(), uid);
    if (chosen_.size() > kRemembered) chosen_.pop_back();
}

void OutputChoice::avoid(AudioObjectID output) {
    if (!is_avoided(output)) avoided_.push_back(output);
}

bool OutputChoice::is_avoided(AudioObjectID output) const {
    return std::ranges::find(avoided_, output) != avoided_.end();
}

std::optional<PlatformError> OutputChoice::objection(AudioObjectID output, AudioObjectID sink) {
    const std::string uid = device_uid(output);
    if (output == sink || uid == shm::kDeviceUid || contains(output, shm::kDeviceUid) ||
        contains(output, device_uid(sink))) {
        return PlatformError{.kind = PlatformError::Kind::output_contains_sink, .cause = device_name(output)};
    }
    const VirtualDevice* known = recognise_virtual_device(uid, device_manufacturer(output));
    if (known != nullptr && known->plays_on())
        return PlatformError{.kind = PlatformError::Kind::output_plays_on, .cause = device_name(output)};
    return std::nullopt;
}

std::expected<AudioObjectID, PlatformError> OutputChoice::choose(AudioObjectID sink) const {
    const auto ids = all_devices();
    if (!ids) return std::unexpected(ids.error());
    // Less is better: whether it refuses, how long ago it was chosen, and what kind it is.
    using Rank = std::tuple<bool, std::ptrdiff_t, bool, bool>;
    AudioObjectID best = kAudioObjectUnknown;
    Rank best_rank;
    for (const AudioObjectID id : *ids) {
        if (output_channels(id) == 0 || !is_alive(id) || objection(id, sink)) continue;
        const auto chosen = std::ranges::find(chosen_, device_uid(id));
        if (chosen == chosen_.end() && !can_be_default(id)) continue;
        const UInt32 transport = transport_type(id);
        const Rank rank{is_avoided(id), chosen - chosen_.begin(), is_virtual(transport),
                        transport != kAudioDeviceTransportTypeBuiltIn};
        if (best != kAudioObjectUnknown && best_rank <= rank) continue;
        best = id;
        best_rank = rank;
    }
    if (best != kAudioObjectUnknown) return best;
    return std::unexpected(PlatformError{.kind = PlatformError::Kind::no_output, .cause = {}});
}

}  // namespace gecko::platform::coreaudio
