#include "minihal/hardware/properties.hpp"
#include "minihal/hardware/simulated_hardware.hpp"

namespace minihal::hardware {

namespace {

constexpr auto kDevice = Object::kDevice;

void put_if_there(const Subject& subject, Object which, Bytes& out) {
    if (subject.device->has(which)) put(out, subject.id(which));
}

void streams(const Subject& subject, Bytes& out) {
    const auto scope = subject.address.mScope;
    if (scope != kAudioObjectPropertyScopeInput) put_if_there(subject, Object::kOutputStream, out);
    if (scope != kAudioObjectPropertyScopeOutput) put_if_there(subject, Object::kInputStream, out);
}

void controls(const Subject& subject, Bytes& out) {
    if (subject.address.mScope == kAudioObjectPropertyScopeInput) return;
    put_if_there(subject, Object::kVolume, out);
    put_if_there(subject, Object::kRightVolume, out);
    put_if_there(subject, Object::kMute, out);
}

void owned(const Subject& subject, Bytes& out) {
    streams(subject, out);
    controls(subject, out);
}

uint32_t channels(const Subject& subject) {
    const auto& options = subject.device->options();
    return subject.input() ? options.inputs : options.outputs;
}

// A device that can be a default can be one on the sides that it has.
void can_be_default(const Subject& subject, Bytes& out) {
    put(out, uint32_t{channels(subject) > 0});
}

void device_class(const Subject& subject, Bytes& out) {
    const bool aggregate = subject.device->options().transport.code == kAudioDeviceTransportTypeAggregate;
    put(out, aggregate ? AudioClassID{kAudioAggregateDeviceClassID} : AudioClassID{kAudioDeviceClassID});
}
void base_class(const Subject& subject, Bytes& out) {
    const bool aggregate = subject.device->options().transport.code == kAudioDeviceTransportTypeAggregate;
    put(out, aggregate ? AudioClassID{kAudioDeviceClassID} : AudioClassID{kAudioObjectClassID});
}

void transport(const Subject& subject, Bytes& out) {
    put(out, subject.device->options().transport.code);
}
void alive(const Subject& subject, Bytes& out) {
    put(out, uint32_t{!subject.device->gone() && !subject.device->dead()});
}
void running(const Subject& subject, Bytes& out) {
    put(out, uint32_t{subject.device->running()});
}
void latency(const Subject& subject, Bytes& out) {
    put(out, subject.device->options().latency);
}
void safety(const Subject& subject, Bytes& out) {
    put(out, subject.device->options().safety);
}
void hidden(const Subject& subject, Bytes& out) {
    put(out, uint32_t{subject.device->options().hidden});
}

void rate(const Subject& subject, Bytes& out) {
    put(out, subject.device->rate());
}
OSStatus set_rate(const Subject& subject, std::span<const uint8_t> data) {
    Float64 rate = 0;
    if (!take(data, rate)) return kAudioHardwareBadPropertySizeError;
    return subject.hardware.request_rate(*subject.device, rate);
}
void rates(const Subject& subject, Bytes& out) {
    for (const auto rate : subject.device->rates())
        put(out, AudioValueRange{.mMinimum = rate, .mMaximum = rate});
}

void stereo_channels(const Subject& subject, Bytes& out) {
    const uint32_t left = subject.input() ? 1 : subject.device->options().stereo;
    put(out, left);
    put(out, channels(subject) > 1 ? left + 1 : left);
}

AudioChannelLabel label(uint32_t channel, uint32_t channels) {
    if (channels == 1) return kAudioChannelLabel_Mono;
    // Left, right, centre, LFE, left and right surround are numbered in this order.
    return channel < 6 ? AudioChannelLabel{channel + 1} : AudioChannelLabel{kAudioChannelLabel_Unused};
}

void channel_layout(const Subject& subject, Bytes& out) {
    const auto count = channels(subject);
    put(out, AudioChannelLayoutTag{kAudioChannelLayoutTag_UseChannelDescriptions});
    put(out, AudioChannelBitmap{0});
    put(out, count);
    for (uint32_t i = 0; i < count; ++i) {
        put(out,
            AudioChannelDescription{
                .mChannelLabel = label(i, count), .mChannelFlags = 0, .mCoordinates = {0.0F, 0.0F, 0.0F}});
    }
}

void takes_default(const Subject& subject, Bytes& out) {
    put(out, uint32_t{subject.device->options().takes_default});
}

// The host keeps it; here it is for the state only.
void hog(const Subject& subject, Bytes& out) {
    put(out, subject.device->hog());
}
OSStatus set_hog(const Subject& subject, std::span<const uint8_t> data) {
    pid_t pid = -1;
    if (!take(data, pid)) return kAudioHardwareBadPropertySizeError;
    subject.device->set_hog(pid);
    return kAudioHardwareNoError;
}

plist::CfRef name(const Subject& subject) {
    return plist::write(subject.device->options().name);
}
plist::CfRef uid(const Subject& subject) {
    return plist::write(subject.device->options().uid);
}
plist::CfRef model_uid(const Subject& subject) {
    auto model = subject.device->options().uid;
    if (model.ends_with("_UID")) model.resize(model.size() - 4);
    return plist::write(model + "_ModelUID");
}
plist::CfRef sub_devices(const Subject& subject) {
    return plist::write(subject.device->options().sub_devices);
}

constexpr Property kDeviceProperties[] = {
    bytes(kDevice, kAudioObjectPropertyBaseClass, base_class),
    bytes(kDevice, kAudioObjectPropertyClass, device_class),
    bytes(kDevice, kAudioObjectPropertyOwner, constant<kAudioObjectPlugInObject>),
    list(kDevice, kAudioObjectPropertyOwnedObjects, owned),
    object(kDevice, kAudioObjectPropertyName, name),
    object(kDevice, kAudioObjectPropertyManufacturer,
           [](const Subject&) { return wire::string_of("minihal"); }),
    object(kDevice, kAudioDevicePropertyDeviceUID, uid),
    object(kDevice, kAudioDevicePropertyModelUID, model_uid),
    bytes(kDevice, kAudioDevicePropertyTransportType, transport),
    list(kDevice, kAudioDevicePropertyRelatedDevices, device_object),
    bytes(kDevice, kAudioDevicePropertyClockDomain, constant<0>),
    bytes(kDevice, kAudioDevicePropertyClockAlgorithm, constant<kAudioDeviceClockAlgorithmRaw>),
    bytes(kDevice, kAudioDevicePropertyDeviceIsAlive, alive),
    bytes(kDevice, kAudioDevicePropertyDeviceIsRunning, running),
    bytes(kDevice, kAudioDevicePropertyDeviceCanBeDefaultDevice, can_be_default, Scopes::kSides),
    bytes(kDevice, kAudioDevicePropertyDeviceCanBeDefaultSystemDevice, can_be_default, Scopes::kSides),
    bytes(kDevice, kAudioDevicePropertyLatency, latency, Scopes::kSides),
    bytes(kDevice, kAudioDevicePropertySafetyOffset, safety, Scopes::kSides),
    list(kDevice, kAudioDevicePropertyStreams, streams),
    list(kDevice, kAudioObjectPropertyControlList, controls),
    settable(kDevice, kAudioDevicePropertyNominalSampleRate, rate, set_rate),
    list(kDevice, kAudioDevicePropertyAvailableNominalSampleRates, rates, sizeof(AudioValueRange)),
    bytes(kDevice, kAudioDevicePropertyIsHidden, hidden),
    bytes(kDevice, kAudioDevicePropertyPreferredChannelsForStereo, stereo_channels, Scopes::kSides),
    bytes(kDevice, kAudioDevicePropertyPreferredChannelLayout, channel_layout, Scopes::kSides),
    bytes(kDevice, kAudioDevicePropertyZeroTimeStampPeriod, constant<kZeroTimeStampPeriod>),
    settable(kDevice, kAudioDevicePropertyHogMode, hog, set_hog),
    bytes(kDevice, kTakesDefaultProperty, takes_default),
};

constexpr Property kAggregateProperties[] = {
    object(kDevice, kAudioAggregateDevicePropertyFullSubDeviceList, sub_devices),
};

}  // namespace

std::span<const Property> device_properties() {
    return kDeviceProperties;
}

std::span<const Property> aggregate_properties() {
    return kAggregateProperties;
}

}  // namespace minihal::hardware
