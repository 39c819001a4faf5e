#include "platform/application_names.hpp"

#include <algorithm>

namespace gecko::platform {
namespace {

/// Processes with the same bundle, or without one the same process, are one application.
bool is_same(const NamedApplication& left, const NamedApplication& right) {
    if (!left.bundle.empty() || !right.bundle.empty()) return left.bundle == right.bundle;
    // Of some the host tells no process ID.
    return left.process_id == right.process_id && (left.process_id != 0 || left.bundle_id == right.bundle_id);
}

}  // namespace

std::vector<PlayingApplication> ApplicationNames::name(std::span<const engine::ApplicationStatus> playing) {
    std::map<Process, NamedApplication> known;
    std::vector<PlayingApplication> applications;
    for (const engine::ApplicationStatus& status : playing) {
        const auto& id = status.bundle_id;
        const Process process{status.process_id, std::string(id.begin(), std::ranges::find(id, '\0'))};
        auto found = known.find(process);
        if (found == known.end()) {
            const auto before = known_.find(process);
            found = known
                        .emplace(process, before != known_.end()
                                              ? before->second
                                              : name_application(*processes_, process.first, process.second))
                        .first;
        }
        const NamedApplication& named = found->second;
        const auto same = std::ranges::find_if(
            applications, [&](const PlayingApplication& other) { return is_same(other.application, named); });
        if (same != applications.end()) {
            same->processes.push_back(status);
        } else {
            applications.push_back({.application = named, .processes = {status}});
        }
    }
    known_ = std::move(known);
    return applications;
}

}  // namespace gecko::platform
