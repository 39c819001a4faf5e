#pragma once

#include <CoreAudio/CoreAudio.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/host_time.hpp"

namespace gecko::platform::coreaudio {

/// Gecko Sink's volume and mute, which the volume keys change, and the output's: each is done either by the hardware or, where that
/// has no control for it, by the engine, never by both.
///
/// Whenever an output is taken over Gecko Sink takes the hardware's values, or those that it had when the engine did them for that output
/// before, so that nothing becomes louder than it was there. From then on, while it plays or not, what is changed on Gecko Sink is written to the hardware, and what is changed on the hardware shows on Gecko Sink. Hardware rounds to
/// its steps, and some tells so later: what comes within a step of what was just written is an echo. Control threads, one at a time.
class VolumeLink {
  public:
    /// What is left to the engine on `output`, which is not playing yet. What is taken over already is followed only. Where `sink` is unknown nothing is linked: the device that
    /// applications play into does its volume itself, and the hardware keeps its own.
    engine::DigitalVolume take_over(AudioObjectID sink, AudioObjectID output, HostTime now);
    /// Whenever one of the two has changed, and may have.
    void follow(HostTime now);
    /// Whatever comes is to be taken over.
    void let_go() noexcept { sink_ = output_ = kAudioObjectUnknown; }
    /// What to listen to on `output`; nothing if it is not the one that was taken over.
    [[nodiscard]] std::vector<AudioObjectPropertyAddress> addresses_of(AudioObjectID output) const;

  private:
    struct Level {
        std::optional<Float32> volume;
        std::optional<UInt32> mute;
    };
    [[nodiscard]] Level of_sink() const;
    [[nodiscard]] Level of_hardware() const;
    [[nodiscard]] std::vector<Float32> volumes() const;
    void learn_balance(const std::vector<Float32>& volumes);
    void write_hardware(Float32 volume);
    [[nodiscard]] bool is_echo(Float32 volume, HostTime now) const;
    void set_sink(const Level& level) const;
    void remember();
    [[nodiscard]] engine::DigitalVolume left_to_the_engine() const;

    AudioObjectID sink_ = kAudioObjectUnknown;
    AudioObjectID output_ = kAudioObjectUnknown;
    std::vector<AudioObjectPropertyElement> volume_elements_;  // that have a volume; empty: digital
    std::vector<Float32> volumes_left_;                        // of each, behind the last write
    std::vector<Float32> balance_;  // of each, its volume as a part of the loudest one's
    std::vector<AudioObjectPropertyElement> mute_elements_;
    std::string output_uid_;
    std::map<std::string, Level>
        digital_;  // Gecko Sink's, by the UIDs of the outputs for which the engine does it
    Level sink_seen_;
    Level hardware_seen_;
    std::optional<Float32> written_;
    HostTime written_at_{};
};

}  // namespace gecko::platform::coreaudio
