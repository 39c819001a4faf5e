#include "counting_player.hpp"

#include <span>
#include <utility>

#include "tests/simulation/signal.hpp"

namespace gecko::following {

CountingPlayer::CountingPlayer(VirtualMac& mac, pid_t process, std::string bundle_id, AudioObjectID device,
                               std::uint64_t first_frame)
    : mac_(mac), process_(process), bundle_id_(std::move(bundle_id)), device_(device), frame_(first_frame) {
    mac_.as(process_, bundle_id_);
    made_ = AudioDeviceCreateIOProcID(device_, &play, this, &proc_);
}

CountingPlayer::~CountingPlayer() {
    mac_.as(process_, bundle_id_);
    if (made_ == 0) AudioDeviceDestroyIOProcID(device_, proc_);
}

OSStatus CountingPlayer::start() {
    mac_.as(process_, bundle_id_);
    first_ = true;
    return made_ != 0 ? made_ : AudioDeviceStart(device_, proc_);
}

OSStatus CountingPlayer::stop() {
    mac_.as(process_, bundle_id_);
    return AudioDeviceStop(device_, proc_);
}

OSStatus CountingPlayer::play(AudioObjectID, const AudioTimeStamp*, const AudioBufferList*,
                              const AudioTimeStamp*, AudioBufferList* output, const AudioTimeStamp* time,
                              void* self) {
    auto& player = *static_cast<CountingPlayer*>(self);
    if (std::exchange(player.first_, false)) {
        player.first_sample_time_ = static_cast<std::int64_t>(time->mSampleTime);
    }
    if (player.resting_) return 0;
    const AudioBuffer& buffer = output->mBuffers[0];
    const std::span pcm(static_cast<float*>(buffer.mData), buffer.mDataByteSize / sizeof(float));
    simulation::count_into(player.frame_, pcm);
    player.frame_ += pcm.size() / 2;
    return 0;
}

}  // namespace gecko::following
