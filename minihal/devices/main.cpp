// minihal-devices: looks at the devices of a running minihald and does to the simulated ones what people do to real ones.
#include <CoreAudio/CoreAudio.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "minihal/wire/cf_value.hpp"
#include "minihal/wire/plist.hpp"

namespace {

namespace plist = minihal::plist;
using minihal::wire::CfRef;

constexpr int kNoServer = 2;
constexpr int kRefused = 3;
constexpr AudioObjectPropertySelector kSimulated = 0x73696d75;  // 'simu'

constexpr AudioObjectPropertyAddress at(AudioObjectPropertySelector selector,
                                        AudioObjectPropertyScope scope = kAudioObjectPropertyScopeGlobal) {
    return {.mSelector = selector, .mScope = scope, .mElement = kAudioObjectPropertyElementMain};
}

template <typename T>
std::optional<T> get(AudioObjectID object, const AudioObjectPropertyAddress& address,
                     const std::string* qualifier = nullptr) {
    T value{};
    UInt32 size = sizeof value;
    const CfRef text = qualifier != nullptr ? minihal::wire::string_of(*qualifier) : CfRef();
    const CFTypeRef object_of_text = text.get();
    const auto status =
        AudioObjectGetPropertyData(object, &address, text ? sizeof object_of_text : 0,
                                   text ? static_cast<const void*>(&object_of_text) : nullptr, &size, &value);
    return status == 0 && size == sizeof value ? std::optional(value) : std::nullopt;
}

std::string get_text(AudioObjectID object, AudioObjectPropertySelector selector) {
    const CfRef text(get<CFTypeRef>(object, at(selector)).value_or(nullptr));
    return minihal::wire::text_of(text.get()).value_or("");
}

uint32_t channels(AudioObjectID device, AudioObjectPropertyScope scope) {
    const auto address = at(kAudioDevicePropertyStreamConfiguration, scope);
    UInt32 size = 0;
    if (AudioObjectGetPropertyDataSize(device, &address, 0, nullptr, &size) != 0) return 0;
    std::vector<uint64_t> room(size / sizeof(uint64_t) + 1);
    if (AudioObjectGetPropertyData(device, &address, 0, nullptr, &size, room.data()) != 0) return 0;
    const auto* const list = reinterpret_cast<const AudioBufferList*>(room.data());
    const AudioBuffer* const buffers = list->mBuffers;
    uint32_t sum = 0;
    for (UInt32 i = 0; i < list->mNumberBuffers; ++i) sum += buffers[i].mNumberChannels;
    return sum;
}

std::string code_text(UInt32 code) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(code >> shift & 0xff);
    const bool printable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    return printable ? text : std::to_string(static_cast<int32_t>(code));
}

int failed(OSStatus status) {
    if (status == kAudioHardwareNotRunningError) {
        fmt::print(stderr, "minihal-devices: there is no minihald in this run directory; start one\n");
        return kNoServer;
    }
    fmt::print(stderr, "minihal-devices: refused with '{}'\n", code_text(static_cast<UInt32>(status)));
    return kRefused;
}

// The plug-in of the simulated hardware, or what went wrong.
std::expected<AudioObjectID, OSStatus> hardware() {
    const std::string bundle = "minihal.hardware";
    const auto plug_in = get<AudioObjectID>(kAudioObjectSystemObject,
                                            at(kAudioHardwarePropertyTranslateBundleIDToPlugIn), &bundle);
    if (!plug_in) return std::unexpected(OSStatus{kAudioHardwareNotRunningError});
    return *plug_in;
}

int simulate(const plist::Dictionary& command) {
    const auto plug_in = hardware();
    if (!plug_in) return failed(plug_in.error());
    const auto address = at(kSimulated);
    const CFDictionaryRef dictionary = command.get();
    const auto status =
        AudioObjectSetPropertyData(*plug_in, &address, 0, nullptr, sizeof dictionary, &dictionary);
    return status == 0 ? 0 : failed(status);
}

int list(bool as_property_list) {
    const auto plug_in = hardware();
    if (!plug_in) return failed(plug_in.error());
    if (as_property_list) {
        const CfRef states(get<CFTypeRef>(*plug_in, at(kSimulated)).value_or(nullptr));
        const CfRef xml(
            CFPropertyListCreateData(nullptr, states.get(), kCFPropertyListXMLFormat_v1_0, 0, nullptr));
        if (!xml) return failed(kAudioHardwareUnspecifiedError);
        const auto data = static_cast<CFDataRef>(xml.get());
        fmt::print("{}", std::string_view(reinterpret_cast<const char*>(CFDataGetBytePtr(data)),
                                          static_cast<size_t>(CFDataGetLength(data))));
        return 0;
    }
    const auto address = at(kAudioHardwarePropertyDevices);
    UInt32 size = 0;
    AudioObjectGetPropertyDataSize(kAudioObjectSystemObject, &address, 0, nullptr, &size);
    std::vector<AudioObjectID> devices(size / sizeof(AudioObjectID));
    AudioObjectGetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, &size, devices.data());
    devices.resize(size / sizeof(AudioObjectID));
    const auto output =
        get<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultOutputDevice));
    const auto input =
        get<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyDefaultInputDevice));
    for (const auto device : devices) {
        const auto volume =
            get<Float32>(device, at(kAudioDevicePropertyVolumeScalar, kAudioObjectPropertyScopeOutput));
        fmt::print("{}{} {}  {}  {}  {} out {} in  {} Hz{}{}\n", device == output ? '*' : ' ',
                   device == input ? '<' : ' ', get_text(device, kAudioObjectPropertyName),
                   get_text(device, kAudioDevicePropertyDeviceUID),
                   code_text(get<UInt32>(device, at(kAudioDevicePropertyTransportType)).value_or(0)),
                   channels(device, kAudioObjectPropertyScopeOutput),
                   channels(device, kAudioObjectPropertyScopeInput),
                   get<Float64>(device, at(kAudioDevicePropertyNominalSampleRate)).value_or(0),
                   volume ? fmt::format("  volume {:.2f}", *volume) : "",
                   get<UInt32>(device, at(kAudioDevicePropertyDeviceIsRunningSomewhere)).value_or(0) != 0
                       ? "  running"
                       : "");
    }
    return 0;
}

int make_default(const std::string& uid, AudioObjectPropertySelector selector) {
    const auto device =
        get<AudioObjectID>(kAudioObjectSystemObject, at(kAudioHardwarePropertyTranslateUIDToDevice), &uid);
    if (!device) return failed(kAudioHardwareNotRunningError);
    if (*device == kAudioObjectUnknown) return failed(kAudioHardwareBadDeviceError);
    const auto address = at(selector);
    const auto status =
        AudioObjectSetPropertyData(kAudioObjectSystemObject, &address, 0, nullptr, sizeof *device, &*device);
    return status == 0 ? 0 : failed(status);
}

// Adds an option to a subcommand whose value goes into the command's dictionary.
template <typename T>
void keyed(CLI::App& subcommand, plist::Dictionary& command, const std::string& flag, const char* key,
           const std::string& help) {
    subcommand.add_option_function<T>(
        flag, [&command, key](const T& value) { command.add(key, value); }, help);
}

void add_plug(CLI::App& app, plist::Dictionary& command) {
    auto* const plug = app.add_subcommand("plug", "Plug a device in");
    keyed<std::string>(*plug, command, "--name", "name", "Its name (default: its UID)");
    keyed<std::string>(*plug, command, "--transport", "transport",
                       "bltn, usb, blue, hdmi, virt, grup (default: bltn)");
    keyed<std::vector<double>>(*plug, command, "--rates", "rates", "Nominal rates that it has, Hz");
    keyed<double>(*plug, command, "--rate", "rate", "The one that it begins with, Hz");
    keyed<uint32_t>(*plug, command, "--outputs", "outputs", "Output channels (default: 2)");
    keyed<uint32_t>(*plug, command, "--inputs", "inputs", "Input channels (default: 0)");
    keyed<double>(*plug, command, "--ppm", "ppm", "What its clock runs fast by");
    keyed<uint32_t>(*plug, command, "--latency", "latency", "Frames");
    keyed<uint32_t>(*plug, command, "--safety", "safety", "Safety offset, frames");
    keyed<uint32_t>(*plug, command, "--volume-steps", "volume_steps",
                    "Give it a volume of so many steps, and a mute");
    keyed<double>(*plug, command, "--volume", "volume", "0 to 1");
    keyed<double>(*plug, command, "--call-rate", "call_rate", "Its rate while its input runs, Hz");
    keyed<std::vector<std::string>>(*plug, command, "--sub-devices", "sub_devices",
                                    "UIDs that an aggregate is made of");
    for (const auto& [flag, key, help] :
         {std::tuple{"--mute", "mute", "Begin muted"},
          std::tuple{"--loopback", "loopback", "Its input hears what its output plays"},
          std::tuple{"--hidden", "hidden", "Leave it out of the list of devices"},
          std::tuple{"--takes-default", "takes_default", "Make it the default, as headphones are"}}) {
        plug->add_flag_callback(flag, [&command, key = key] { command.add(key, true); }, help);
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Looks at the devices of a running minihald, and does to its simulated ones what people do to real "
        "ones.");
    app.require_subcommand(1);
    std::string run_directory;
    app.add_option("--run-dir", run_directory,
                   "Where minihald runs (default: MINIHAL_RUN_DIR, or the user's own)")
        ->type_name("DIR");

    bool as_property_list = false;
    auto* const list_command =
        app.add_subcommand("list", "The devices; * is the default output, < the default input");
    list_command->add_flag("--plist", as_property_list,
                           "The simulated ones as a property list, fit for minihald --devices");

    plist::Dictionary command;
    add_plug(app, command);
    app.add_subcommand("unplug", "Unplug a device");
    auto* const rate = app.add_subcommand("rate", "Change the rate at the device");
    auto* const volume = app.add_subcommand("volume", "Turn the volume at the device");
    app.add_subcommand("stick", "Let its IO hang until it is stopped and started again");
    auto* const busy = app.add_subcommand("busy", "Let its next starts fail");
    std::string uid;
    for (auto* const subcommand : app.get_subcommands({})) {
        if (subcommand != list_command) subcommand->add_option("uid", uid, "The device's UID")->required();
    }
    rate->add_option_function<double>(
            "hz", [&](const double& hz) { command.add("rate", hz); }, "Hz")
        ->required();
    volume->add_option_function<double>(
        "volume", [&](const double& value) { command.add("volume", value); }, "0 to 1");
    volume->add_flag_callback("--mute", [&] { command.add("mute", true); });
    volume->add_flag_callback("--unmute", [&] { command.add("mute", false); });
    keyed<int32_t>(*busy, command, "--status", "status", "The OSStatus (default: 'nrdy')");
    keyed<uint32_t>(*busy, command, "--times", "times", "How many (default: 1)");
    app.add_subcommand("sleep", "Let the machine sleep: nothing runs, the host clock stands still");
    app.add_subcommand("wake", "End that");

    AudioObjectPropertySelector role = kAudioHardwarePropertyDefaultOutputDevice;
    auto* const default_command = app.add_subcommand("default", "Make a device the default output");
    default_command->add_option("uid", uid, "The device's UID")->required();
    default_command->add_flag_callback(
        "--input", [&] { role = kAudioHardwarePropertyDefaultInputDevice; }, "The default input instead");
    default_command->add_flag_callback(
        "--system", [&] { role = kAudioHardwarePropertyDefaultSystemOutputDevice; },
        "The output for system sounds instead");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 1;
    }
    if (!run_directory.empty()) setenv("MINIHAL_RUN_DIR", run_directory.c_str(), 1);

    const auto* const chosen = app.get_subcommands().front();
    if (chosen == list_command) return list(as_property_list);
    if (chosen == default_command) return make_default(uid, role);
    command.add("do", chosen->get_name());
    if (!uid.empty()) command.add("uid", uid);
    return simulate(command);
}
