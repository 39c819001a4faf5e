#include <fmt/format.h>

#include "doctor/known_problems.hpp"
#include "doctor/looks.hpp"
#include "shm/attach.hpp"

namespace gecko::doctor {
namespace {

constexpr const char* kMacOnly = "drivers are installed on macOS only";

}  // namespace

Finding look_at_system(const Evidence& evidence) {
    const std::string named =
        evidence.system + (evidence.os_version.empty() ? "" : " " + evidence.os_version);
    if (!evidence.is_macos) return {State::right, named, ""};
    const auto version = parse_os_version(evidence.os_version);
    if (!version) return {State::unknown, "the system does not tell its version", ""};
    Finding finding{State::right, named, ""};
    for (const KnownProblem& problem : known_problems()) {
        if (!concerns(problem, *version)) continue;
        finding.found += fmt::format("; {} ({})", problem.what, problem.source);
        finding.advice += (finding.advice.empty() ? "" : " ") + std::string(problem.advice);
        if (finding.state != State::wrong) finding.state = problem.fatal ? State::wrong : State::note;
    }
    return finding;
}

Finding look_at_settings(const Evidence& evidence) {
    if (evidence.settings_problem.empty()) return {State::right, "it can, or there is none", ""};
    return {State::wrong, evidence.settings_problem, ""};
}

Finding look_at_folders(const Evidence& evidence) {
    if (!evidence.bundle) return {State::not_here, kMacOnly, ""};
    if (!evidence.bundle->wrong_folder.empty()) return {State::wrong, evidence.bundle->wrong_folder, ""};
    return {State::right, "all that there are", ""};
}

Finding look_for_bundle(const Evidence& evidence) {
    if (!evidence.bundle) return {State::not_here, kMacOnly, ""};
    const Bundle& bundle = *evidence.bundle;
    if (!bundle.unseen.empty()) return {State::unknown, "it cannot be looked for: " + bundle.unseen, ""};
    if (!bundle.there) return {State::wrong, "it is not", ""};
    if (bundle.restarted_since_install) {
        return {
            State::note, "it is, and what was there before is kept until this one has been seen at work",
            "gecko driver restart, or the next install, removes the former one once Gecko Sink is there."};
    }
    return {State::right, "it is", ""};
}

Finding look_at_place(const Evidence& evidence) {
    if (evidence.bundle->through_link) return {State::wrong, "it is behind a symbolic link", ""};
    return {State::right, "no link on the way", ""};
}

Finding look_at_owner(const Evidence& evidence) {
    if (!evidence.bundle->wrong_owner.empty())
        return {State::wrong, fmt::format("{} is somebody else's", evidence.bundle->wrong_owner), ""};
    return {State::right, "root:wheel", ""};
}

Finding look_at_modes(const Evidence& evidence) {
    if (!evidence.bundle->wrong_mode.empty())
        return {State::wrong, fmt::format("{} has other permissions", evidence.bundle->wrong_mode), ""};
    return {State::right, "755 and 644", ""};
}

Finding look_at_contents(const Evidence& evidence) {
    if (!evidence.bundle->problem.empty()) return {State::wrong, evidence.bundle->problem, ""};
    return {State::right, shm::kDriverBundleId, ""};
}

Finding look_at_signature(const Evidence& evidence) {
    if (!evidence.bundle->signature) return {State::not_here, "only macOS can tell", ""};
    const Signature& signature = *evidence.bundle->signature;
    if (!signature.unchecked.empty()) {
        return {State::note, "it could not be checked: " + signature.unchecked,
                "In a terminal, with the driver's folder: codesign --verify --strict --verbose=4 FOLDER"};
    }
    const std::string whose = signature.signer.empty()     ? ""
                              : signature.signer == kAdHoc ? ", ad hoc"
                                                           : ", by " + signature.signer;
    if (!signature.problem.empty()) return {State::wrong, signature.problem + whose, ""};
    return {State::right, "valid" + whose, ""};
}

Finding look_at_version(const Evidence& evidence) {
    const std::string found =
        fmt::format("driver {}, gecko {}", evidence.bundle->version, evidence.gecko_version);
    return {evidence.bundle->version == evidence.gecko_version ? State::right : State::wrong, found, ""};
}

}  // namespace gecko::doctor
