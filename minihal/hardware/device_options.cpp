#include "minihal/hardware/device_options.hpp"

#include <algorithm>

#include "minihal/wire/protocol.hpp"

namespace minihal::hardware {

namespace {

constexpr Float64 kUsualRate = 48000;

struct Key {
    const char* name;
    bool (*read)(CFTypeRef, DeviceOptions&);
    plist::CfRef (*write)(const DeviceOptions&);
};

template <auto kMember>
constexpr Key key(const char* name) {
    return {name,
            [](CFTypeRef value, DeviceOptions& options) { return plist::read(value, options.*kMember); },
            [](const DeviceOptions& options) { return plist::write(options.*kMember); }};
}

constexpr Key kKeys[] = {
    key<&DeviceOptions::uid>("uid"),
    key<&DeviceOptions::name>("name"),
    key<&DeviceOptions::transport>("transport"),
    key<&DeviceOptions::rates>("rates"),
    key<&DeviceOptions::rate>("rate"),
    key<&DeviceOptions::outputs>("outputs"),
    key<&DeviceOptions::stereo>("stereo"),
    key<&DeviceOptions::inputs>("inputs"),
    key<&DeviceOptions::ppm>("ppm"),
    key<&DeviceOptions::latency>("latency"),
    key<&DeviceOptions::safety>("safety"),
    key<&DeviceOptions::volume_steps>("volume_steps"),
    key<&DeviceOptions::channel_volumes>("channel_volumes"),
    key<&DeviceOptions::mute_alone>("mute_alone"),
    key<&DeviceOptions::volume>("volume"),
    key<&DeviceOptions::mute>("mute"),
    key<&DeviceOptions::call_rate>("call_rate"),
    key<&DeviceOptions::loopback>("loopback"),
    key<&DeviceOptions::sub_devices>("sub_devices"),
    key<&DeviceOptions::hidden>("hidden"),
    key<&DeviceOptions::start_delay>("start_delay"),
    key<&DeviceOptions::takes_default>("takes_default"),
};

// What a command's or a state's dictionary has besides.
constexpr const char* kOtherKeys[] = {"do", "running", "input_opened", "hog_pid"};

bool usable_rate(Float64 rate) {
    return rate >= 1000 && rate <= 1e6;
}

// What is wrong with values that are each of the right type.
const char* fault_of(const DeviceOptions& options) {
    if (options.uid.empty()) return "uid: a device must have one";
    if (options.rates.empty() || !std::ranges::all_of(options.rates, usable_rate))
        return "rates: at least one, each from 1000 to 1000000 Hz";
    if (std::ranges::find(options.rates, options.rate) == options.rates.end())
        return "rate: it is none of the rates";
    if (options.call_rate && !usable_rate(*options.call_rate)) return "call_rate: from 1000 to 1000000 Hz";
    if (options.outputs > wire::kMaxChannels) return "outputs: too many channels";
    if (options.inputs > wire::kMaxChannels) return "inputs: too many channels";
    if (options.stereo < 1 || options.stereo >= std::max(options.outputs, 2U))
        return "stereo: there are no two channels from there on";
    if (options.outputs + options.inputs == 0) return "outputs: a device needs an output or an input";
    if (options.ppm && (*options.ppm < -2000 || *options.ppm > 2000)) return "ppm: from -2000 to 2000";
    if (options.volume_steps && *options.volume_steps < 2) return "volume_steps: at least 2";
    if (!(options.start_delay >= 0 && options.start_delay <= 60)) return "start_delay: from 0 to 60 seconds";
    if (options.volume < 0 || options.volume > 1) return "volume: from 0 to 1";
    return nullptr;
}

}  // namespace

std::expected<DeviceOptions, std::string> device_options(CFTypeRef dictionary) {
    if (dictionary == nullptr || CFGetTypeID(dictionary) != CFDictionaryGetTypeID())
        return std::unexpected("a device is described by a dictionary");
    DeviceOptions options;
    for (const auto& name : plist::keys_of(dictionary)) {
        const auto* const known =
            std::ranges::find_if(kKeys, [&](const Key& key) { return name == key.name; });
        if (known != std::end(kKeys)) {
            if (!known->read(plist::value_of(dictionary, known->name), options))
                return std::unexpected(name + ": it is of the wrong type");
        } else if (std::ranges::find(kOtherKeys, name) == std::end(kOtherKeys)) {
            return std::unexpected(name + ": there is no such key");
        }
    }
    if (options.name.empty()) options.name = options.uid;
    // The state of a device in a call has the call's rate.
    if (options.rate == options.call_rate) options.rate = 0;
    if (options.rate == 0 && !options.rates.empty()) {
        const bool usual = std::ranges::find(options.rates, kUsualRate) != options.rates.end();
        options.rate = usual ? kUsualRate : options.rates.front();
    }
    if (const char* const fault = fault_of(options)) return std::unexpected(fault);
    return options;
}

plist::Dictionary dictionary_of(const DeviceOptions& options) {
    plist::Dictionary dictionary;
    for (const auto& key : kKeys) dictionary.add(key.name, key.write(options));
    return dictionary;
}

}  // namespace minihal::hardware
