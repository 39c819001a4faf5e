#include <fmt/format.h>

#include <algorithm>

#include "doctor/looks.hpp"
#include "platform/virtual_devices.hpp"
#include "shm/attach.hpp"

namespace gecko::doctor {
namespace {

using Device = platform::InspectedDevice;

const Device* find(const Evidence& evidence, bool (*wanted)(const Device&)) {
    const auto found = std::ranges::find_if(evidence.audio.devices, wanted);
    return found == evidence.audio.devices.end() ? nullptr : &*found;
}

const Device* default_output(const Evidence& evidence) {
    return find(evidence, [](const Device& device) { return device.is_default_output; });
}

const Device* sink(const Evidence& evidence) {
    return find(evidence, [](const Device& device) { return device.is_gecko_sink; });
}

const platform::VirtualDevice* other_program(const Device& device) {
    return device.is_gecko_sink ? nullptr
                                : platform::recognise_virtual_device(device.uid, device.manufacturer);
}

/// What gecko plays on; null if that is not known.
const Device* played_on(const Evidence& evidence) {
    const platform::RunningGecko* gecko = running_gecko(evidence);
    const auto found = std::ranges::find_if(evidence.audio.devices, [&](const Device& device) {
        return gecko != nullptr && device.uid == gecko->output;
    });
    return found == evidence.audio.devices.end() ? nullptr : &*found;
}

/// Whether gecko reads this loopback device instead of Gecko Sink.
bool is_source(const Device& device, const platform::RunningGecko* gecko) {
    return gecko != nullptr && !gecko->source.empty() && device.uid == gecko->source;
}

}  // namespace

Finding look_for_output(const Evidence& evidence) {
    const auto count = std::ranges::count_if(evidence.audio.devices, [](const Device& device) {
        return device.outputs > 0 && !device.is_gecko_sink;
    });
    if (count == 0) return {State::wrong, "there is no output but Gecko Sink", ""};
    return {State::right, fmt::format("{} besides Gecko Sink", count), ""};
}

Finding look_at_default(const Evidence& evidence) {
    const Device* device = default_output(evidence);
    if (device == nullptr) return {State::wrong, "there is no default output", ""};
    const platform::RunningGecko* gecko = running_gecko(evidence);
    const bool reads_another = gecko != nullptr && !gecko->source.empty();
    if (device->is_gecko_sink && (reads_another || !is_attached(evidence))) {
        if (gecko == nullptr) {
            return {State::wrong, "Gecko Sink, and no gecko runs: what is played is not heard",
                    "Start gecko run, or choose another output in the system's sound settings."};
        }
        return {State::wrong,
                "Gecko Sink, and the gecko that runs does not read it: what is played is not heard",
                reads_another
                    ? "Choose the source that is set, or another output, in the system's sound settings."
                    : "See what gecko run says, or choose another output in the system's sound settings."};
    }
    const bool runs = is_attached(evidence) || reads_another;
    if (!runs || (reads_another ? is_source(*device, gecko) : device->is_gecko_sink))
        return {State::right, device->name, ""};
    const std::string found = device->name + ", so what is played there is not equalised";
    if (!(gecko != nullptr ? gecko->takes_default : evidence.take_default)) {
        return {State::note, found + ": gecko was told to leave the default output alone",
                "To have it taken: gecko settings take_default true, and gecko run without --keep-default."};
    }
    return {State::wrong, found,
            fmt::format(
                "Choose {} as the output, or set take_default to false: gecko settings take_default false",
                reads_another ? "the source that is set" : "Gecko Sink")};
}

Finding look_at_others(const Evidence& evidence) {
    std::string names;
    for (const Device& device : evidence.audio.devices) {
        const platform::VirtualDevice* other = other_program(device);
        if (other == nullptr) continue;
        if (device.is_default_output && !is_source(device, running_gecko(evidence))) {
            const std::string_view program = other->application.empty() ? other->product : other->application;
            return {State::wrong, fmt::format("{} has the default output ({})", other->product, program), ""};
        }
        if (names.find(other->product) == std::string::npos)
            names += (names.empty() ? "" : ", ") + std::string(other->product);
    }
    return {State::right,
            names.empty() ? "there are none" : "there are, and they are not in the way: " + names, ""};
}

Finding look_at_volume(const Evidence& evidence) {
    const double volume = evidence.audio.sink_volume.value_or(1);
    if (evidence.audio.sink_muted.value_or(false)) return {State::wrong, "it is muted", ""};
    return {volume > 0 ? State::right : State::wrong, fmt::format("volume {:.0f} %", 100 * volume), ""};
}

Finding look_at_rates(const Evidence& evidence) {
    const Device* output = played_on(evidence);
    if (!is_attached(evidence) || output == nullptr)
        return {State::unknown, "no program is attached, or its output is not known", ""};
    const double rate = sink(evidence)->rate_hz;
    return {rate == output->rate_hz ? State::right : State::wrong,
            fmt::format("Gecko Sink {} Hz, {} {} Hz", rate, output->name, output->rate_hz), ""};
}

}  // namespace gecko::doctor
