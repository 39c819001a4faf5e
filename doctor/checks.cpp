#include "doctor/checks.hpp"

#include <algorithm>
#include <array>

#include "doctor/looks.hpp"

namespace gecko::doctor {
namespace {

constexpr Check kChecks[] = {
    {"system", "This version of the system is one that Gecko works on", "Update macOS to 11 or later.", "",
     &look_at_system},
    {"settings", "The settings file can be read",
     "Correct the file at the line that is named, or move it away.", "", &look_at_settings},

    {"folders", "The folders above the driver are root's; everybody may read them, only root change them",
     "In a terminal, for the folder that is named: sudo chown root:wheel FOLDER; sudo chmod 755 FOLDER. Then "
     "gecko driver restart.",
     "", &look_at_folders},
    {"installed", "The driver is installed", "Install it: gecko driver install", "", &look_for_bundle},
    {"place", "The driver lies in a real folder, not behind a symbolic link",
     "Replace the link by a real folder, and install again: gecko driver install", "installed",
     &look_at_place},
    {"owner", "All of the driver belongs to root:wheel", "Install it again: gecko driver install",
     "installed", &look_at_owner},
    {"modes", "The driver's permissions are 755 for folders and the program, 644 for the rest",
     "Install it again: gecko driver install", "installed", &look_at_modes},
    {"bundle", "The driver is whole, and for this computer: Info.plist, identifier, program",
     "Install it again: gecko driver install", "installed", &look_at_contents},
    {"signature", "The driver's signature is valid", "Install it again: gecko driver install", "bundle",
     &look_at_signature},
    {"version", "The installed driver is of this gecko's version",
     "Install this gecko's driver: gecko driver install", "bundle", &look_at_version},

    {"server", "The audio server answers",
     "On a Mac: restart it (gecko driver restart), or the Mac. Elsewhere: start minihald.", "",
     &look_for_server},
    {"loaded", "The audio server has loaded the driver",
     "Restart the audio server: gecko driver restart. If that does not help, restart the Mac.", "server",
     &look_for_driver},
    {"visible", "Gecko Sink is among the devices", "Restart the audio server: gecko driver restart", "loaded",
     &look_for_sink},
    {"running-version", "The driver that runs fits this gecko and is the one that is installed",
     "Restart the audio server: gecko driver restart", "loaded", &look_at_running_version},

    {"console", "You are the user who sits at the machine",
     "Run gecko as the user who is logged in at the screen: the driver hands audio to nobody else.", "loaded",
     &look_at_console},
    {"attach", "The driver took the last program that asked for its audio",
     "See docs/driver.md for the step that is named; gecko driver --try tells which shared memory it can "
     "open.",
     "loaded", &look_at_attaching},
    {"owner-alive", "The program that has the driver lives",
     "End it, or wait three seconds: the driver then takes the next one.", "loaded", &look_at_heartbeat},

    {"output", "There is an output to play on",
     "Connect an output, or choose one in the system's sound settings.", "server", &look_for_output},
    {"default", "The default output fits whether gecko runs",
     "Choose the output in the system's sound settings; gecko run takes the default and gives it back.",
     "visible", &look_at_default},
    {"others", "No other program's virtual device has the default output",
     "Quit the program that is named, or choose another output in the system's sound settings.", "server",
     &look_at_others},
    {"volume", "Gecko Sink is neither muted nor at volume 0",
     "Turn it up with the volume keys, or in Audio MIDI Setup, while it is the default output.", "visible",
     &look_at_volume},
    {"rate", "Gecko Sink runs at the output's rate",
     "Set both to one rate in Audio MIDI Setup. An output that changes its rate by itself, like a headset in "
     "a call, is followed.",
     "visible", &look_at_rates},
    {"steering", "The driver's clock follows the output's",
     "The two clocks differ too much to follow: choose another output, or see whether its rate is what it "
     "says.",
     "loaded", &look_at_steering},
    {"lost", "No audio was lost", "Set a safer latency: gecko settings latency_mode safe", "loaded",
     &look_at_losses},
};

constexpr bool depends_on_earlier() noexcept {
    for (std::size_t i = 0; i < std::size(kChecks); ++i) {
        bool found = kChecks[i].depends.empty();
        for (std::size_t j = 0; j < i; ++j) found = found || kChecks[j].id == kChecks[i].depends;
        if (!found) return false;
    }
    return true;
}
static_assert(depends_on_earlier());

bool holds(const Result& ground) noexcept {
    return ground.state == State::right || ground.state == State::note;
}

Result result_of(const Check& check, const Evidence& evidence, const std::vector<Result>& before) {
    const auto ground =
        std::ranges::find_if(before, [&](const Result& result) { return result.check->id == check.depends; });
    if (ground != before.end() && !holds(*ground)) {
        if (ground->state == State::not_here) return {&check, State::not_here, ground->found, ""};
        return {&check, State::unknown, "as long as \"" + std::string(check.depends) + "\" is not right", ""};
    }
    Finding finding = check.look(evidence);
    if (finding.advice.empty() && finding.state == State::wrong) finding.advice = check.do_this;
    return {&check, finding.state, std::move(finding.found), std::move(finding.advice)};
}

}  // namespace

std::string_view name_of(State state) noexcept {
    constexpr std::array<std::string_view, 5> kNames{"right", "wrong", "note", "not on this system",
                                                     "cannot be said"};
    return kNames[static_cast<std::size_t>(state)];
}

std::span<const Check> checks() noexcept {
    return kChecks;
}

std::vector<Result> examine(const Evidence& evidence) {
    std::vector<Result> results;
    for (const Check& check : kChecks) results.push_back(result_of(check, evidence, results));
    return results;
}

bool all_right(std::span<const Result> results) noexcept {
    return std::ranges::none_of(results, [](const Result& result) { return result.state == State::wrong; });
}

}  // namespace gecko::doctor
