#include <algorithm>

#include "app/status_printer.hpp"

namespace gecko::app {

std::string_view Presets::of(const engine::ApplicationStatus& application) const {
    if (!application.own_chain) return {};
    // Of two that fit the first counts, as in the engine.
    const std::string bundle_id = bundle_id_of(application);
    const auto found = std::ranges::find_if(applications, [&](const settings::ApplicationPreset& chosen) {
        return chosen.bundle_id.empty() ? chosen.process_id == application.process_id
                                        : chosen.bundle_id == bundle_id;
    });
    return found == applications.end() ? std::string_view() : found->preset->name;
}

std::string bundle_id_of(const engine::ApplicationStatus& application) {
    const auto& id = application.bundle_id;
    return printable({id.begin(), std::ranges::find(id, '\0')});
}

std::string printable(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
    return text;
}

}  // namespace gecko::app
