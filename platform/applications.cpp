#include "platform/applications.hpp"

#include <algorithm>
#include <array>

namespace gecko::platform {
namespace {

namespace fs = std::filesystem;

constexpr int kMostAncestors = 32;   // a loop of parents, in a table that changes meanwhile, ends
constexpr std::uint32_t kFirst = 1;  // launchd or init: nobody's application

bool is_inside_a_service(const fs::path& executable) {
    constexpr std::array<std::string_view, 4> kKinds{".xpc", ".appex", ".framework", ".systemextension"};
    return std::ranges::any_of(executable.parent_path(), [&](const fs::path& part) {
        return std::ranges::find(kKinds, part.extension().string()) != kKinds.end();
    });
}

fs::path application_of(const Processes& processes, std::uint32_t process) {
    const auto executable = processes.executable(process);
    return executable ? outermost_application(*executable) : fs::path();
}

/// The topmost of the process and its ancestors that run out of `bundle` without a gap.
std::uint32_t topmost_in(const Processes& processes, std::uint32_t process, const fs::path& bundle) {
    for (int i = 0; i < kMostAncestors; ++i) {
        const auto parent = processes.parent(process);
        if (!parent || *parent <= kFirst || application_of(processes, *parent) != bundle) break;
        process = *parent;
    }
    return process;
}

/// Whose a service is; the process itself if that cannot be said.
std::uint32_t owner_of_service(const Processes& processes, std::uint32_t process) {
    if (const auto responsible = processes.responsible(process);
        responsible && *responsible > kFirst && *responsible != process)
        return *responsible;
    std::uint32_t ancestor = process;
    for (int i = 0; i < kMostAncestors; ++i) {
        const auto parent = processes.parent(ancestor);
        if (!parent || *parent <= kFirst) break;
        ancestor = *parent;
        if (!application_of(processes, ancestor).empty()) return ancestor;
    }
    return process;
}

NamedApplication with_bundle(const Processes& processes, std::uint32_t process, const fs::path& bundle,
                             std::string_view bundle_id) {
    NamedApplication named{.process_id = topmost_in(processes, process, bundle),
                           .name = bundle.stem().string(),
                           .bundle_id = std::string(bundle_id),
                           .bundle = bundle,
                           .icon = {}};
    if (const auto info = processes.bundle(bundle)) {
        if (!info->name.empty()) named.name = info->name;
        if (!info->id.empty()) named.bundle_id = info->id;
        named.icon = info->icon;
    }
    return named;
}

}  // namespace

fs::path outermost_application(const fs::path& path) {
    fs::path folder;
    for (auto part = path.begin(); part != path.end(); ++part) {
        folder /= *part;
        const auto next = std::next(part);
        if (part->extension() == ".app" && next != path.end() && *next == "Contents") return folder;
    }
    return {};
}

NamedApplication name_application(const Processes& processes, std::uint32_t process,
                                  std::string_view bundle_id) {
    const auto executable = processes.executable(process);
    if (!executable) {
        // It has ended, or is another user's: what the driver saw is all there is.
        return {.process_id = process,
                .name = bundle_id.empty() ? "process " + std::to_string(process) : std::string(bundle_id),
                .bundle_id = std::string(bundle_id),
                .bundle = {},
                .icon = {}};
    }
    if (const fs::path bundle = outermost_application(*executable); !bundle.empty())
        return with_bundle(processes, process, bundle, bundle_id);
    if (is_inside_a_service(*executable)) {
        const std::uint32_t owner = owner_of_service(processes, process);
        if (const fs::path bundle = application_of(processes, owner); !bundle.empty())
            return with_bundle(processes, owner, bundle, bundle_id);
    }
    return {.process_id = process,
            .name = executable->filename().string(),
            .bundle_id = std::string(bundle_id),
            .bundle = {},
            .icon = {}};
}

}  // namespace gecko::platform
