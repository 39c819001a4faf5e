#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "doctor/evidence.hpp"
#include "platform/transport.hpp"
#include "platform/virtual_devices.hpp"

namespace gecko::doctor {
namespace {

using Device = platform::InspectedDevice;
using Replacements = std::vector<std::pair<std::string, std::string>>;

bool is_public(const Device& device) {
    return device.is_gecko_sink ||
           platform::recognise_virtual_device(device.uid, device.manufacturer) != nullptr;
}

/// What a device is called in a report.
std::string public_name(const Device& device, std::size_t number) {
    if (device.is_gecko_sink) return "Gecko Sink";
    if (const auto* known = platform::recognise_virtual_device(device.uid, device.manufacturer))
        return std::string(known->product);
    return fmt::format("device {} ({})", number, platform::transport_words(device.transport));
}

void add(Replacements& all, const std::string& secret, std::string instead) {
    // Of one or two letters ("HDMI" is no secret either) a replacement would tear up other words.
    constexpr std::size_t kShortest = 3;
    if (secret.size() < kShortest) return;
    // A name that is part of another comes after it; of two that are the same the first counts.
    const auto size_of = [](const Replacements::value_type& one) { return one.first.size(); };
    all.emplace(std::ranges::upper_bound(all, secret.size(), std::greater(), size_of), secret,
                std::move(instead));
}

Replacements replacements(const Evidence& evidence) {
    Replacements all;
    add(all, evidence.home, "~");
    for (std::size_t i = 0; i < evidence.audio.devices.size(); ++i) {
        const Device& device = evidence.audio.devices[i];
        if (device.is_gecko_sink) continue;
        add(all, device.uid, public_name(device, i + 1));
        if (!is_public(device)) add(all, device.name, public_name(device, i + 1));
    }
    add(all, evidence.host_name, "(this machine)");
    if (evidence.user_name != "root") add(all, evidence.user_name, "(user)");  // that is on every machine
    return all;
}

void replace_all(std::string& text, const std::string& secret, const std::string& instead) {
    for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += instead.size())
        text.replace(at, secret.size(), instead);
}

}  // namespace

std::string scrubbed(std::string text, const Evidence& evidence) {
    for (const auto& [secret, instead] : replacements(evidence)) replace_all(text, secret, instead);
    return text;
}

Evidence without_private(const Evidence& evidence) {
    Evidence open = evidence;
    for (std::size_t i = 0; i < open.audio.devices.size(); ++i) {
        Device& device = open.audio.devices[i];
        if (open.gecko && !is_public(device)) {
            for (std::string* uid : {&open.gecko->source, &open.gecko->output})
                if (*uid == device.uid) *uid = fmt::format("device-{}", i + 1);
        }
        // UIDs have serial numbers and Bluetooth addresses, names have people's, makers may say what a machine is used for.
        device.name = public_name(evidence.audio.devices[i], i + 1);
        if (is_public(evidence.audio.devices[i])) continue;
        device.uid = fmt::format("device-{}", i + 1);
        device.manufacturer.clear();
    }
    const auto scrub = [&](std::string& text) { text = scrubbed(std::move(text), evidence); };
    scrub(open.settings_problem);
    scrub(open.server_problem);
    for (auto& [key, value] : open.audio.driver)
        if (auto* text = std::get_if<std::string>(&value)) scrub(*text);
    if (open.bundle) {
        for (std::string* text : {&open.bundle->unseen, &open.bundle->wrong_folder, &open.bundle->wrong_owner,
                                  &open.bundle->wrong_mode, &open.bundle->problem})
            scrub(*text);
        // Who builds the driver signs it with the own name and address.
        if (auto& signature = open.bundle->signature; signature && !signature->signer.empty())
            if (signature->signer != kAdHoc) signature->signer = "somebody";
    }
    open.home = open.host_name = open.user_name = "";
    return open;
}

}  // namespace gecko::doctor
