#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <string_view>
#include <utility>

#include "doctor/evidence.hpp"
#include "platform/transport.hpp"
#include "platform/virtual_devices.hpp"
#include "settings/fields.hpp"
#include "settings/user_settings.hpp"

namespace gecko::doctor {
namespace {

using Device = platform::InspectedDevice;

struct Replacement {
    std::string secret;
    std::string instead;
    bool whole_word;  ///< within a word it is none, and what would be left of the word gave it away
};
using Replacements = std::vector<Replacement>;

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

void add(Replacements& all, Replacement one) {
    // Of one or two letters ("HDMI" is no secret either) a replacement would tear up other words.
    constexpr std::size_t kShortest = 3;
    if (one.secret.size() < kShortest) return;
    // A name that is part of another comes after it; of two that are the same the first counts.
    const auto size_of = [](const Replacement& replacement) { return replacement.secret.size(); };
    const auto place = std::ranges::upper_bound(all, one.secret.size(), std::greater(), size_of);
    all.insert(place, std::move(one));
}

Replacements replacements(const Evidence& evidence) {
    Replacements all;
    const auto add_word = [&](const std::string& secret, const char* instead) {
        if (secret != "root") add(all, {secret, instead, true});  // that is on every machine
    };
    add_word(evidence.home, "~");
    add_word(evidence.account_home, "~");
    for (std::size_t i = 0; i < evidence.audio.devices.size(); ++i) {
        const Device& device = evidence.audio.devices[i];
        if (device.is_gecko_sink) continue;
        add(all, {device.uid, public_name(device, i + 1), false});
        if (!is_public(device)) add(all, {device.name, public_name(device, i + 1), false});
    }
    add_word(evidence.host_name, "(this machine)");
    add_word(evidence.host_name.substr(0, evidence.host_name.find('.')), "(this machine)");
    add_word(evidence.full_name, "(user)");
    add_word(evidence.user_name, "(user)");
    return all;
}

bool is_part_of_word(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return std::isalnum(byte) != 0 || byte >= 0x80;
}

void replace_all(std::string& text, const Replacement& one) {
    for (std::size_t at = 0; (at = text.find(one.secret, at)) != std::string::npos;) {
        const std::size_t end = at + one.secret.size();
        const bool within_word = (at > 0 && is_part_of_word(text[at - 1]) && is_part_of_word(text[at])) ||
                                 (end < text.size() && is_part_of_word(text[end]));
        if (one.whole_word && within_word) {
            ++at;
        } else {
            text.replace(at, one.secret.size(), one.instead);
            at += one.instead.size();
        }
    }
}

/// How far `text` goes on with digits from `at` on.
std::size_t behind_digits(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of("0123456789", at), text.size());
}

/// Whether a field's path ("preset", "applications/0/preset") is made of the names of fields alone: others are what somebody wrote.
bool is_path_of_field(std::string_view path) {
    const std::string_view name = path.substr(0, path.find('/'));
    if (name != "version" && settings::find_field(name) == nullptr) return false;
    for (std::size_t at = name.size(); at < path.size();) {
        const std::string_view part = path.substr(at + 1, path.find('/', at + 1) - at - 1);
        if (part != "application" && part != "preset" &&
            (part.empty() || behind_digits(part, 0) < part.size()))
            return false;
        at += 1 + part.size();
    }
    return true;
}

/// File, line and field of what is wrong with the settings: the rest quotes what somebody chose and called.
std::string place_in_settings(std::string_view problem) {
    constexpr std::string_view kName = settings::kSettingsFile;
    constexpr const char* kRest = "(the report leaves out what is said of it)";
    const auto found = problem.find(kName);
    if (found == std::string_view::npos) return kRest;
    std::string place(kName);
    std::string_view rest = problem.substr(found + kName.size());
    while (rest.starts_with(':') && behind_digits(rest, 1) > 1) {
        const std::size_t end = behind_digits(rest, 1);
        place += rest.substr(0, end);
        rest.remove_prefix(end);
    }
    if (rest.starts_with(": "))
        if (const auto field = rest.substr(2, rest.find(": ", 2) - 2); is_path_of_field(field))
            place.append(": ").append(field);
    return place + ": " + kRest;
}

}  // namespace

std::string scrubbed(std::string text, const Evidence& evidence) {
    for (const Replacement& one : replacements(evidence)) replace_all(text, one);
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
    if (!open.settings_problem.empty()) open.settings_problem = place_in_settings(open.settings_problem);
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
    open.home = open.account_home = open.host_name = open.user_name = open.full_name = "";
    return open;
}

}  // namespace gecko::doctor
