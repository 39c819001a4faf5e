#include "settings/presets.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "settings/near_names.hpp"

namespace gecko::settings {

const Preset* find_preset(std::string_view name) noexcept {
    const auto* found =
        std::find_if(kPresets.begin(), kPresets.end(), [&](const Preset& p) { return p.name == name; });
    return found == kPresets.end() ? nullptr : found;
}

std::vector<std::string_view> near_presets(std::string_view name) {
    std::array<std::string_view, kPresets.size()> names;
    std::ranges::transform(kPresets, names.begin(), &Preset::name);
    return near_names(name, names);
}

std::expected<const Preset*, std::string> choose_preset(std::string_view name) {
    if (const Preset* preset = find_preset(name)) return preset;
    std::string message = "there is no preset \"" + std::string(name) + "\". ";
    message += suggestion(near_presets(name));
    message += "The presets are: ";
    for (const Preset& preset : kPresets) {
        message += (&preset == kPresets.data() ? "" : ", ") + std::string(preset.name);
    }
    return std::unexpected(std::move(message));
}

}  // namespace gecko::settings
