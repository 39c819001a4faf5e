#include "platform/coreaudio/volume_link.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kOutput = kAudioObjectPropertyScopeOutput;
constexpr Float32 kSame = 1e-4F;
/// The coarsest step of hardware: 16 of them, as the volume keys have and the older Bluetooth headphones.
constexpr Float32 kStep = 1.0F / 15 + kSame;
constexpr std::array<AudioObjectPropertyElement, 3> kElements = {kAudioObjectPropertyElementMain, 1, 2};
constexpr HostTime kEchoes = std::chrono::seconds(1);

constexpr AudioObjectPropertyAddress at(AudioObjectPropertySelector selector,
                                        AudioObjectPropertyElement element) {
    return {selector, kOutput, element};
}

/// The elements of `device` with such a control that can be set: the main one, or else the first two channels.
std::vector<AudioObjectPropertyElement> controls(AudioObjectID device, AudioObjectPropertySelector selector) {
    std::vector<AudioObjectPropertyElement> found;
    for (const AudioObjectPropertyElement element : kElements) {
        const AudioObjectPropertyAddress address = at(selector, element);
        Boolean settable = 0;
        if (AudioObjectHasProperty(device, &address) == 0 ||
            AudioObjectIsPropertySettable(device, &address, &settable) != kAudioHardwareNoError ||
            settable == 0) {
            continue;
        }
        found.push_back(element);
        if (element == kAudioObjectPropertyElementMain) break;
    }
    return found;
}

bool differ(const std::optional<Float32>& left, const std::optional<Float32>& right) {
    return left && right && std::abs(*left - *right) > kSame;
}

}  // namespace

VolumeLink::Level VolumeLink::of_sink() const {
    Level level;
    const auto element = kAudioObjectPropertyElementMain;
    if (const auto volume = get<Float32>(sink_, at(kAudioDevicePropertyVolumeScalar, element)))
        level.volume = *volume;
    if (const auto mute = get<UInt32>(sink_, at(kAudioDevicePropertyMute, element))) level.mute = *mute;
    return level;
}

/// The loudest channel's volume; muted only if all are.
VolumeLink::Level VolumeLink::of_hardware() const {
    Level level;
    for (const auto element : volume_elements_) {
        if (const auto volume = get<Float32>(output_, at(kAudioDevicePropertyVolumeScalar, element)))
            level.volume = std::max(level.volume.value_or(0), *volume);
    }
    for (const auto element : mute_elements_) {
        if (const auto mute = get<UInt32>(output_, at(kAudioDevicePropertyMute, element)))
            level.mute = level.mute.value_or(1) & *mute;
    }
    return level;
}

engine::DigitalVolume VolumeLink::take_over(AudioObjectID sink, AudioObjectID output) {
    *this = {};
    sink_ = sink;
    output_ = output;
    volume_elements_ = controls(output, kAudioDevicePropertyVolumeScalar);
    mute_elements_ = controls(output, kAudioDevicePropertyMute);
    hardware_seen_ = of_hardware();
    if (!hardware_seen_.volume) volume_elements_.clear();
    if (!hardware_seen_.mute) mute_elements_.clear();
    if (sink_ != kAudioObjectUnknown && hardware_seen_.volume) {
        set(sink_, at(kAudioDevicePropertyVolumeScalar, kAudioObjectPropertyElementMain),
            *hardware_seen_.volume);
    }
    if (sink_ != kAudioObjectUnknown && hardware_seen_.mute)
        set(sink_, at(kAudioDevicePropertyMute, kAudioObjectPropertyElementMain), *hardware_seen_.mute);
    sink_seen_ = of_sink();
    return {.volume = volume_elements_.empty(), .mute = mute_elements_.empty()};
}

/// Channels that differ keep their balance.
void VolumeLink::write_hardware(Float32 volume) {
    const Float32 loudest = of_hardware().volume.value_or(0);
    for (const auto element : volume_elements_) {
        const auto address = at(kAudioDevicePropertyVolumeScalar, element);
        const Float32 own = get<Float32>(output_, address).value_or(loudest);
        set(output_, address, loudest > 0 ? volume * (own / loudest) : volume);
    }
}

bool VolumeLink::is_echo(Float32 volume, HostTime now) const {
    return written_ && now - written_at_ < kEchoes && std::abs(volume - *written_) <= kStep;
}

void VolumeLink::follow(HostTime now) {
    if (sink_ == kAudioObjectUnknown) return;
    Level sink = of_sink();
    if (!volume_elements_.empty() && differ(sink.volume, sink_seen_.volume)) {
        write_hardware(*sink.volume);
        written_ = sink.volume;
        written_at_ = now;
        hardware_seen_.volume = of_hardware().volume;
    }
    if (!mute_elements_.empty() && sink.mute != sink_seen_.mute && sink.mute) {
        for (const auto element : mute_elements_)
            set(output_, at(kAudioDevicePropertyMute, element), *sink.mute);
        hardware_seen_.mute = of_hardware().mute;
    }
    const Level hardware = of_hardware();
    const bool turned = differ(hardware.volume, hardware_seen_.volume) && !is_echo(*hardware.volume, now);
    const bool muted = hardware.mute && hardware.mute != hardware_seen_.mute;
    if (turned)
        set(sink_, at(kAudioDevicePropertyVolumeScalar, kAudioObjectPropertyElementMain), *hardware.volume);
    if (muted) set(sink_, at(kAudioDevicePropertyMute, kAudioObjectPropertyElementMain), *hardware.mute);
    // What somebody else changes on Gecko Sink meanwhile is for the next look.
    if (turned || muted) sink = of_sink();
    hardware_seen_ = hardware;
    sink_seen_ = sink;
}

std::vector<AudioObjectPropertyAddress> VolumeLink::addresses_of(AudioObjectID output) const {
    std::vector<AudioObjectPropertyAddress> all;
    if (output != output_) return all;
    all.reserve(volume_elements_.size() + mute_elements_.size());
    for (const auto element : volume_elements_) all.push_back(at(kAudioDevicePropertyVolumeScalar, element));
    for (const auto element : mute_elements_) all.push_back(at(kAudioDevicePropertyMute, element));
    return all;
}

}  // namespace gecko::platform::coreaudio
