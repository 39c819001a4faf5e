// Plays noise from an IO proc.
#pragma once

#include <CoreAudio/CoreAudio.h>

#include <atomic>
#include <cstdint>
#include <functional>

#include "tests/minihal/noise.hpp"

namespace minihal_test {

// Sample n of the stream is noise(seed, n), frame by frame over all channels of all streams; after `frames` frames
// silence. Start and stop it with the device calls on id().
class Player {
  public:
    Player(AudioObjectID device, uint64_t seed, uint64_t frames)
        : device_(device), seed_(seed), frames_(frames) {
        status_ = AudioDeviceCreateIOProcID(device, render, this, &id_);
    }
    ~Player() {
        if (status_ == 0) AudioDeviceDestroyIOProcID(device_, id_);
    }
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    OSStatus start() const { return status_ != 0 ? status_ : AudioDeviceStart(device_, id_); }
    OSStatus stop() const { return AudioDeviceStop(device_, id_); }
    AudioDeviceIOProcID id() const { return id_; }
    // Frames asked for so far.
    uint64_t position() const { return position_; }
    bool done() const { return position_ >= frames_; }
    // Device sample time of the first frame; valid once position() > 0.
    int64_t first_sample_time() const { return first_sample_time_; }
    // Called within the IO proc, after its samples.
    void each_cycle(std::function<void(const AudioTimeStamp& now, const AudioTimeStamp& output)> action) {
        action_ = std::move(action);
    }

  private:
    static OSStatus render(AudioObjectID, const AudioTimeStamp* now, const AudioBufferList*,
                           const AudioTimeStamp*, AudioBufferList* output, const AudioTimeStamp* output_time,
                           void* self) {
        static_cast<Player*>(self)->play(*now, *output, *output_time);
        return 0;
    }

    void play(const AudioTimeStamp& now, AudioBufferList& output, const AudioTimeStamp& output_time) {
        const uint64_t position = position_;
        if (position == 0) first_sample_time_ = static_cast<int64_t>(output_time.mSampleTime);
        UInt32 channels = 0;
        for (UInt32 i = 0; i < output.mNumberBuffers; ++i) channels += output.mBuffers[i].mNumberChannels;
        const auto cycle = output.mBuffers[0].mDataByteSize / output.mBuffers[0].mNumberChannels / 4;
        UInt32 first_channel = 0;
        for (UInt32 i = 0; i < output.mNumberBuffers; ++i) {
            const auto& buffer = output.mBuffers[i];
            auto* const samples = static_cast<float*>(buffer.mData);
            for (uint64_t frame = 0; frame < cycle && position + frame < frames_; ++frame) {
                for (UInt32 channel = 0; channel < buffer.mNumberChannels; ++channel) {
                    samples[frame * buffer.mNumberChannels + channel] =
                        noise(seed_, (position + frame) * channels + first_channel + channel);
                }
            }
            first_channel += buffer.mNumberChannels;
        }
        position_ = position + cycle;
        if (action_) action_(now, output_time);
    }

    AudioObjectID device_;
    uint64_t seed_;
    uint64_t frames_;
    OSStatus status_;
    AudioDeviceIOProcID id_ = nullptr;
    std::atomic<uint64_t> position_ = 0;
    std::atomic<int64_t> first_sample_time_ = 0;
    std::function<void(const AudioTimeStamp&, const AudioTimeStamp&)> action_;
};

}  // namespace minihal_test
