#include "platform/coreaudio/volume_link.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "platform/coreaudio/hardware.hpp"

namespace gecko::platform::coreaudio {
namespace {

constexpr auto kOutput = kAudioObjectPropertyScopeOutput;
constexpr Float32 kSame = 1e-4F;
/// The coarsest step of hardware: 16 of them, as the volume keys have and the older Bluetooth headphones.
constexpr Float32 kStep = 1.0F / 15 + kSame;
constexpr HostTime kEchoes = std::chrono::seconds(1);

constexpr AudioObjectPropertyAddress at(AudioObjectPropertySelector selector,
                                        AudioObjectPropertyElement element) {
    return {selector, kOutput, element};
}

/// The elements of `device` with such a control that can be set: the main one, or else the channels that stereo is played on.
std::vector<AudioObjectPropertyElement> controls(AudioObjectID device, AudioObjectPropertySelector selector) {
    std::vector<AudioObjectPropertyElement> found;
    const auto [left, right] = stereo_channels(device);
    for (const AudioObjectPropertyElement element :
         {AudioObjectPropertyElement{kAudioObjectPropertyElementMain}, left, right}) {
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

engine::DigitalVolume VolumeLink::left_to_the_engine() const {
    return {.volume = volume_elements_.empty(), .mute = mute_elements_.empty()};
}

engine::DigitalVolume VolumeLink::take_over(AudioObjectID sink, AudioObjectID output, HostTime now) {
    // What has been changed since is still for the output before.
    if (sink == sink_) follow(now);
    if (sink == sink_ && output == output_) return left_to_the_engine();
    sink_ = sink;
    output_ = output;
    output_uid_ = device_uid(output);
    written_.reset();
    volume_elements_ = controls(output, kAudioDevicePropertyVolumeScalar);
    mute_elements_ = controls(output, kAudioDevicePropertyMute);
    balance_.assign(volume_elements_.size(), 1.0F);
    hardware_seen_ = of_hardware();
    if (!hardware_seen_.volume) volume_elements_.clear();
    if (!hardware_seen_.mute) mute_elements_.clear();
    volumes_left_ = volumes();
    if (!volumes_left_.empty()) learn_balance(volumes_left_);
    if (sink_ == kAudioObjectUnknown) return left_to_the_engine();
    const auto before = digital_.find(output_uid_);
    const Level digital = before != digital_.end() ? before->second : Level{};
    set_sink({.volume = volume_elements_.empty() ? digital.volume : hardware_seen_.volume,
              .mute = mute_elements_.empty() ? digital.mute : hardware_seen_.mute});
    sink_seen_ = of_sink();
    remember();
    return left_to_the_engine();
}

void VolumeLink::set_sink(const Level& level) const {
    const auto main = kAudioObjectPropertyElementMain;
    if (level.volume) set(sink_, at(kAudioDevicePropertyVolumeScalar, main), *level.volume);
    if (level.mute) set(sink_, at(kAudioDevicePropertyMute, main), *level.mute);
}

void VolumeLink::remember() {
    if (!volume_elements_.empty() && !mute_elements_.empty()) return;
    Level& level = digital_[output_uid_];
    if (volume_elements_.empty()) level.volume = sink_seen_.volume;
    if (mute_elements_.empty()) level.mute = sink_seen_.mute;
}

/// Of each channel that has one.
std::vector<Float32> VolumeLink::volumes() const {
    std::vector<Float32> all;
    all.reserve(volume_elements_.size());
    for (const auto element : volume_elements_)
        all.push_back(get<Float32>(output_, at(kAudioDevicePropertyVolumeScalar, element)).value_or(0));
    return all;
}

/// At volume 0 it cannot be seen, and stays.
void VolumeLink::learn_balance(const std::vector<Float32>& volumes) {
    const Float32 loudest = std::ranges::max(volumes);
    if (loudest <= 0) return;
    for (std::size_t i = 0; i < volumes.size(); ++i) balance_[i] = volumes[i] / loudest;
}

/// Channels that differ keep their balance: as somebody set it, and not as the hardware has rounded it since.
void VolumeLink::write_hardware(Float32 volume) {
    const auto now = volumes();
    const auto same = [](Float32 left, Float32 right) { return std::abs(left - right) <= kStep; };
    if (!std::ranges::equal(now, volumes_left_, same)) learn_balance(now);
    for (std::size_t i = 0; i < volume_elements_.size(); ++i)
        set(output_, at(kAudioDevicePropertyVolumeScalar, volume_elements_[i]), volume * balance_[i]);
    volumes_left_ = volumes();
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
    const Level told{.volume = turned ? hardware.volume : std::nullopt,
                     .mute = muted ? hardware.mute : std::nullopt};
    set_sink(told);
    // What somebody else changes on Gecko Sink meanwhile is for the next look.
    if (turned) sink.volume = told.volume;
    if (muted) sink.mute = told.mute;
    hardware_seen_ = hardware;
    sink_seen_ = sink;
    remember();
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
