#include "minihal/host/device.hpp"

#include <CoreAudio/AudioHardware.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <tuple>
#include <utility>

#include "minihal/host/status_text.hpp"
#include "minihal/wire/protocol.hpp"

namespace minihal {

namespace {

// Without these a device cannot be shown to clients or run.
constexpr AudioObjectPropertySelector kNeeded[] = {
    kAudioDevicePropertyDeviceUID, kAudioObjectPropertyName,
    kAudioDevicePropertyStreams,   kAudioDevicePropertyNominalSampleRate,
    kAudioDevicePropertyIsHidden,  kAudioDevicePropertyZeroTimeStampPeriod};

std::vector<AudioObjectID> streams_of(const PlugIn& plug_in, AudioObjectID device,
                                      AudioObjectPropertyScope scope) {
    return plug_in.get_list<AudioObjectID>(device, address_of(kAudioDevicePropertyStreams, scope));
}

std::optional<AudioStreamBasicDescription> format_of(const PlugIn& plug_in, AudioObjectID stream) {
    return plug_in.get<AudioStreamBasicDescription>(stream, address_of(kAudioStreamPropertyVirtualFormat));
}

bool is_mixable(const AudioStreamBasicDescription& format) {
    return format.mFormatID == kAudioFormatLinearPCM &&
           format.mFormatFlags == kAudioFormatFlagsNativeFloatPacked &&
           format.mBitsPerChannel == 8 * sizeof(Float32) && format.mChannelsPerFrame > 0 &&
           format.mChannelsPerFrame <= wire::kMaxChannels &&
           format.mBytesPerFrame == format.mChannelsPerFrame * sizeof(Float32);
}

}  // namespace

Operation ask_operation(const PlugIn& plug_in, AudioObjectID device, uint32_t client, uint32_t operation) {
    Boolean will_do = 0;
    Boolean in_place = 1;
    const auto status =
        plug_in.calls().WillDoIOOperation(plug_in.driver(), device, client, operation, &will_do, &in_place);
    return {.will_do = status == 0 && will_do != 0, .in_place = in_place != 0};
}

std::expected<Device, std::string> describe_device(const PlugIn& plug_in, AudioObjectID local) {
    for (const auto selector : kNeeded) {
        const auto address = address_of(selector);
        if (plug_in.calls().HasProperty(plug_in.driver(), local, 0, &address) == 0) {
            return std::unexpected(
                fmt::format("it has no property {}", status_text(static_cast<OSStatus>(selector))));
        }
    }
    const auto uid = plug_in.get_text(local, address_of(kAudioDevicePropertyDeviceUID));
    const auto name = plug_in.get_text(local, address_of(kAudioObjectPropertyName));
    if (!uid || uid->empty() || !name) return std::unexpected("its UID or its name is no string");
    Device device;
    device.local = {.plug_in = plug_in.index(), .id = local};
    device.uid = *uid;
    device.name = *name;
    device.hidden = plug_in.get<UInt32>(local, address_of(kAudioDevicePropertyIsHidden)).value_or(0) != 0;
    return device;
}

void open_inputs(const PlugIn& plug_in, Device& device, uint32_t inputs) {
    const auto streams = streams_of(plug_in, device.local.id, kAudioObjectPropertyScopeInput);
    if (streams.size() < 32) inputs &= (1U << streams.size()) - 1;
    const auto before = std::exchange(device.open_inputs, inputs);
    const auto address = address_of(kAudioStreamPropertyIsActive);
    const auto& calls = plug_in.calls();
    for (size_t i = 0; i < std::min<size_t>(streams.size(), 32); ++i) {
        const UInt32 active = inputs >> i & 1;
        Boolean settable = 0;
        if (active == (before >> i & 1) ||
            calls.IsPropertySettable(plug_in.driver(), streams[i], 0, &address, &settable) != 0 ||
            settable == 0)
            continue;
        calls.SetPropertyData(plug_in.driver(), streams[i], 0, &address, 0, nullptr, sizeof active, &active);
    }
}

std::expected<IoSetup, std::string> io_setup(const PlugIn& plug_in, const Device& device) {
    const auto local = device.local.id;
    IoSetup setup;
    setup.driver = plug_in.driver();
    setup.local = local;
    setup.name = device.name;
    setup.uid = device.uid;
    setup.buffer_frames = device.buffer_frames;
    setup.rate = plug_in.get<Float64>(local, address_of(kAudioDevicePropertyNominalSampleRate)).value_or(0.0);
    if (!std::isfinite(setup.rate) || setup.rate < 1.0)
        return std::unexpected("it has no usable nominal rate");
    for (const auto& [scope, streams, safety_offset] :
         {std::tuple{kAudioObjectPropertyScopeOutput, &setup.streams, &setup.safety_offset},
          std::tuple{kAudioObjectPropertyScopeInput, &setup.inputs, &setup.input_safety_offset}}) {
        for (const auto stream : streams_of(plug_in, local, scope)) {
            const auto format = format_of(plug_in, stream);
            if (!format || !is_mixable(*format)) {
                return std::unexpected(fmt::format(
                    "the virtual format of its stream {} is not interleaved native Float32", stream));
            }
            streams->push_back({.id = stream, .channels = format->mChannelsPerFrame});
        }
        if (streams->size() > wire::kMaxStreams) return std::unexpected("it has too many streams");
        *safety_offset =
            plug_in.get<UInt32>(local, address_of(kAudioDevicePropertySafetyOffset, scope)).value_or(0);
    }
    const auto ask = [&](uint32_t operation) {
        return ask_operation(plug_in, local, kAudioServerPlugInHostClientID, operation);
    };
    setup.thread = ask(kAudioServerPlugInIOOperationThread);
    setup.cycle = ask(kAudioServerPlugInIOOperationCycle);
    setup.read_input = ask(kAudioServerPlugInIOOperationReadInput);
    setup.convert_input = ask(kAudioServerPlugInIOOperationConvertInput);
    setup.process_input = ask(kAudioServerPlugInIOOperationProcessInput);
    setup.process_mix = ask(kAudioServerPlugInIOOperationProcessMix);
    setup.convert_mix = ask(kAudioServerPlugInIOOperationConvertMix);
    setup.write_mix = ask(kAudioServerPlugInIOOperationWriteMix);
    return setup;
}

std::vector<uint8_t> stream_configuration(const PlugIn& plug_in, AudioObjectID device,
                                          AudioObjectPropertyScope scope) {
    const auto streams = streams_of(plug_in, device, scope);
    std::vector<uint8_t> bytes(offsetof(AudioBufferList, mBuffers) + streams.size() * sizeof(AudioBuffer));
    const auto count = static_cast<UInt32>(streams.size());
    std::memcpy(bytes.data(), &count, sizeof count);
    for (size_t i = 0; i < streams.size(); ++i) {
        const auto format = format_of(plug_in, streams[i]);
        const AudioBuffer buffer{
            .mNumberChannels = format ? format->mChannelsPerFrame : 0, .mDataByteSize = 0, .mData = nullptr};
        std::memcpy(bytes.data() + offsetof(AudioBufferList, mBuffers) + i * sizeof buffer, &buffer,
                    sizeof buffer);
    }
    return bytes;
}

std::vector<PropertyState> configuration_state(const PlugIn& plug_in, AudioObjectID device) {
    std::vector<PropertyState> states;
    const auto add = [&](AudioObjectID object, AudioObjectPropertySelector selector,
                         AudioObjectPropertyScope scope = kAudioObjectPropertyScopeGlobal) {
        const auto address = address_of(selector, scope);
        states.push_back({.object = object,
                          .address = address,
                          .value = plug_in.get_bytes(object, address).value_or(std::vector<uint8_t>{})});
    };
    for (const auto selector :
         {kAudioDevicePropertyNominalSampleRate, kAudioDevicePropertyAvailableNominalSampleRates,
          kAudioObjectPropertyControlList}) {
        add(device, selector);
    }
    add(device, kAudioDevicePropertyZeroTimeStampPeriod);
    for (const auto scope : {kAudioObjectPropertyScopeInput, kAudioObjectPropertyScopeOutput}) {
        for (const auto selector :
             {kAudioDevicePropertyStreams, kAudioDevicePropertyLatency, kAudioDevicePropertySafetyOffset}) {
            add(device, selector, scope);
        }
        states.push_back({.object = device,
                          .address = address_of(kAudioDevicePropertyStreamConfiguration, scope),
                          .value = stream_configuration(plug_in, device, scope)});
        for (const auto stream : streams_of(plug_in, device, scope)) {
            for (const auto selector : {kAudioStreamPropertyVirtualFormat, kAudioStreamPropertyPhysicalFormat,
                                        kAudioStreamPropertyAvailableVirtualFormats,
                                        kAudioStreamPropertyAvailablePhysicalFormats}) {
                add(stream, selector);
            }
        }
    }
    return states;
}

}  // namespace minihal
