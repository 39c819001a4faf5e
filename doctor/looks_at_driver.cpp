#include <fmt/format.h>

#include <cmath>

#include "doctor/looks.hpp"
#include "shm/attach.hpp"
#include "shm/clock_line.hpp"

namespace gecko::doctor {
namespace {

namespace key = shm::key;

constexpr double kAliveLimitMs = static_cast<double>(shm::kAliveLimitNs) * 1e-6;
/// Beyond this the clamp of the clock is near, and drift is no longer followed.
constexpr double kSteeringLimit = 0.9 * shm::kMaxSteering;  // ppm
/// A start or a change of the output may cost some frames.
constexpr double kLossesLimit = 0.1;  // seconds

std::string who(const Evidence& evidence, double uid) {
    return uid == static_cast<double>(evidence.user) ? "you" : "another user";
}

/// What to do where the driver that is installed does not run; "" as long as restarting the audio server may help.
std::string restart_advice(const Evidence& evidence) {
    if (!evidence.bundle || !evidence.bundle->restarted_since_install) return "";
    return *evidence.bundle->restarted_since_install
               ? "gecko driver restart looks once more: if it does not appear then, what was there before "
                 "takes its place again, and it is said where to look."
               : "Restart the Mac: the install could not restart the audio server, and nothing has seen the "
                 "driver at work since.";
}

}  // namespace

bool is_attached(const Evidence& evidence) {
    return driver_says<bool>(evidence, key::kAttached).value_or(false);
}

bool is_alive(const Evidence& evidence) {
    return driver_says<double>(evidence, key::kAliveAge).value_or(kAliveLimitMs + 1) <= kAliveLimitMs;
}

const platform::RunningGecko* running_gecko(const Evidence& evidence) {
    if (!evidence.gecko) return nullptr;
    const bool it_is = is_attached(evidence)
                           ? driver_says<double>(evidence, key::kOwnerPid) == evidence.gecko->process
                           : evidence.gecko_lives;
    return it_is ? &*evidence.gecko : nullptr;
}

namespace {

Finding nobody(const Evidence& evidence) {
    return {State::unknown,
            running_gecko(evidence) != nullptr ? "the gecko that runs does not have the driver"
                                               : "no program is attached; start gecko run",
            ""};
}

}  // namespace

Finding look_for_server(const Evidence& evidence) {
    if (!evidence.server_problem.empty()) return {State::wrong, evidence.server_problem, ""};
    return {State::right, fmt::format("{} devices", evidence.audio.devices.size()), ""};
}

Finding look_for_driver(const Evidence& evidence) {
    if (!evidence.audio.sink_known) return {State::wrong, "it knows no Gecko Sink", restart_advice(evidence)};
    return {State::right, "it knows Gecko Sink", ""};
}

Finding look_for_sink(const Evidence& evidence) {
    for (const auto& device : evidence.audio.devices) {
        if (!device.is_gecko_sink) continue;
        if (device.hidden) return {State::wrong, "it is hidden", ""};
        return {State::right, "it is", ""};
    }
    return {State::wrong, "the audio server knows it and does not list it", restart_advice(evidence)};
}

Finding look_at_running_version(const Evidence& evidence) {
    const auto version = driver_says<std::string>(evidence, key::kDriverVersion);
    const auto protocol = driver_says<double>(evidence, key::kProtocol);
    if (!version || !protocol)
        return {State::wrong, "the driver that runs says nothing of itself: it is an old one",
                restart_advice(evidence)};
    const std::string found = fmt::format("driver {} with protocol {}, gecko {} with protocol {}", *version,
                                          *protocol, evidence.gecko_version, evidence.protocol);
    if (*protocol > evidence.protocol)
        return {State::wrong, found, "Update gecko: it is older than the driver."};
    if (*protocol < evidence.protocol)
        return {State::wrong, found,
                "Install this gecko's driver (gecko driver install) and restart the audio server."};
    // Another version of the same protocol works; one that is installed and does not run yet wants a restart.
    if (evidence.bundle && evidence.bundle->there && !evidence.bundle->version.empty() &&
        evidence.bundle->version != *version)
        return {State::wrong, found + fmt::format("; {} is installed", evidence.bundle->version),
                restart_advice(evidence)};
    return {State::right, found, ""};
}

Finding look_at_console(const Evidence& evidence) {
    const auto console = driver_says<double>(evidence, key::kConsoleUid);
    if (!console) return {State::unknown, "the driver does not say who sits at the machine", ""};
    return {*console == static_cast<double>(evidence.user) ? State::right : State::wrong,
            who(evidence, *console), ""};
}

Finding look_at_attaching(const Evidence& evidence) {
    const auto error = driver_says<std::string>(evidence, key::kLastError).value_or("");
    if (error.empty()) return {State::right, is_attached(evidence) ? "attached" : "nobody was refused", ""};
    const auto step = driver_says<std::string>(evidence, key::kLastStep).value_or("?");
    const std::string refused = fmt::format("{} (step {}, errno {})", error, step,
                                            driver_says<double>(evidence, key::kLastErrno).value_or(0));
    // What a second one was told keeps nobody from anything, as long as the first is there and when it has gone.
    if (is_attached(evidence) && is_alive(evidence))
        return {State::note, "attached; another was refused since: " + refused, ""};
    if (!is_attached(evidence) && step == "owner")
        return {State::note, "nobody is attached; while somebody was, another was refused: " + refused, ""};
    return {State::wrong, refused, ""};
}

Finding look_at_heartbeat(const Evidence& evidence) {
    if (!is_attached(evidence)) return nobody(evidence);
    const std::string owner = who(evidence, driver_says<double>(evidence, key::kOwnerUid).value_or(-1));
    const auto age = driver_says<double>(evidence, key::kAliveAge);
    if (!age) return {State::wrong, fmt::format("a program of {} that gives no sign of life", owner), ""};
    return {is_alive(evidence) ? State::right : State::wrong,
            fmt::format("a program of {}, last heard of {} ms ago", owner, *age), ""};
}

Finding look_at_steering(const Evidence& evidence) {
    if (!is_attached(evidence)) return nobody(evidence);
    const auto ppm = driver_says<double>(evidence, key::kSteering);
    if (!ppm) return {State::wrong, "what the program asks of the clock is nonsense", ""};
    return {std::abs(*ppm) <= kSteeringLimit ? State::right : State::wrong, fmt::format("{:+.1f} ppm", *ppm),
            ""};
}

Finding look_at_losses(const Evidence& evidence) {
    if (!is_attached(evidence)) return nobody(evidence);
    const double late = driver_says<double>(evidence, key::kUnderruns).value_or(0);
    const double overtaken = driver_says<double>(evidence, key::kOvertaken).value_or(0);
    const std::string found = fmt::format(
        "{} frames came too late, {} were overwritten before they were read, since the program started", late,
        overtaken);
    const double limit = kLossesLimit * driver_says<double>(evidence, key::kRate).value_or(48e3);
    const State state = late + overtaken > limit ? State::wrong
                        : late + overtaken > 0   ? State::note
                                                 : State::right;
    return {state, found, ""};
}

}  // namespace gecko::doctor
