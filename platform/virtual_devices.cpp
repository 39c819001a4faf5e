#include "platform/virtual_devices.hpp"

#include <algorithm>
#include <iterator>

namespace gecko::platform {
namespace {

using Match = VirtualDevice::Match;

// UIDs as the projects' sources or logs that people have posted show them. Background Music and eqMac have an input too, which
// their own programs read: as a source everything would be heard twice.
constexpr VirtualDevice kDevices[] = {
    {Match::uid_begins, "BlackHole", "BlackHole", "",
     true},  // BlackHole2ch_UID, BlackHole16ch_UID, BlackHole64ch_UID
    {Match::uid_begins, "com.rogueamoeba.Loopback", "Loopback", "Loopback", true},  // ...::UUID
    {Match::uid_begins, "SoundflowerEngine:", "Soundflower", "", true},  // :0 has two channels, :1 sixty-four
    {Match::uid, "BGMDevice", "Background Music", "Background Music", false},
    {Match::uid, "BGMDevice_UISounds", "Background Music", "Background Music", false},
    {Match::uid, "BGMNullDevice", "Background Music", "Background Music", false},
    {Match::uid, "EQMDevice", "eqMac", "eqMac", false},
    {Match::uid, "EQMAC2_DRIVER_ENGINE", "eqMac", "eqMac", false},
    {Match::uid, "EQMAC2.1_DRIVER_ENGINE", "eqMac", "eqMac", false},
    {Match::uid, "ProxyAudioDevice_UID", "Proxy Audio Device", "Proxy Audio Device", false},
    {Match::uid, "DisEQDevice", "DisEQ", "DisEQ", false},
    {Match::uid, "MSLoopbackDriverDevice_UID", "Microsoft Teams Audio", "Microsoft Teams", false},
    {Match::uid, "zoom.us.zoomaudiodevice.001", "ZoomAudioDevice", "Zoom", false},
    {Match::manufacturer, "Existential Audio", "BlackHole", "", true},  // renamed builds of it
    {Match::manufacturer, "Rogue Amoeba", "Rogue Amoeba's audio driver",
     "SoundSource, Audio Hijack or Loopback", false},
    {Match::manufacturer, "Bitgapp", "eqMac", "eqMac", false},
};

bool fits(const VirtualDevice& device, std::string_view uid, std::string_view manufacturer) noexcept {
    switch (device.match) {
        case Match::uid:
            return uid == device.key;
        case Match::uid_begins:
            return uid.starts_with(device.key);
        case Match::manufacturer:
            return manufacturer.starts_with(device.key);
    }
    return false;
}

}  // namespace

std::span<const VirtualDevice> virtual_devices() noexcept {
    return kDevices;
}

const VirtualDevice* recognise_virtual_device(std::string_view uid, std::string_view manufacturer) noexcept {
    const auto* found = std::ranges::find_if(
        kDevices, [&](const VirtualDevice& device) { return fits(device, uid, manufacturer); });
    return found == std::end(kDevices) ? nullptr : found;
}

bool can_be_source(std::string_view uid, std::string_view manufacturer,
                   std::uint32_t input_channels) noexcept {
    const VirtualDevice* device = recognise_virtual_device(uid, manufacturer);
    return device != nullptr && device->loops_back && input_channels > 0;
}

}  // namespace gecko::platform
