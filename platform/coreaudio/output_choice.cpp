#include "platform/coreaudio/output_choice.hpp"

#include <algorithm>
#include <tuple>

#include "platform/coreaudio/hardware.hpp"
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
    chosen_.insert(chosen_.begin(), uid);
    if (chosen_.size() > kRemembered) chosen_.pop_back();
}

bool OutputChoice::hears_itself(AudioObjectID output, AudioObjectID sink) {
    return output == sink || device_uid(output) == shm::kDeviceUid || contains(output, shm::kDeviceUid) ||
           contains(output, device_uid(sink));
}

std::expected<AudioObjectID, PlatformError> OutputChoice::choose(AudioObjectID sink) const {
    const auto ids = all_devices();
    if (!ids) return std::unexpected(ids.error());
    // Less is better: how long ago it was chosen, and what kind it is.
    using Rank = std::tuple<std::ptrdiff_t, bool, bool>;
    AudioObjectID best = kAudioObjectUnknown;
    Rank best_rank;
    for (const AudioObjectID id : *ids) {
        if (output_channels(id) == 0 || !is_alive(id) || hears_itself(id, sink)) continue;
        const UInt32 transport = transport_type(id);
        const Rank rank{std::ranges::find(chosen_, device_uid(id)) - chosen_.begin(), is_virtual(transport),
                        transport != kAudioDeviceTransportTypeBuiltIn};
        if (best != kAudioObjectUnknown && best_rank <= rank) continue;
        best = id;
        best_rank = rank;
    }
    if (best != kAudioObjectUnknown) return best;
    return std::unexpected(PlatformError{.kind = PlatformError::Kind::no_output, .cause = {}});
}

}  // namespace gecko::platform::coreaudio
