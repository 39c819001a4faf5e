// Each check: what breaks that thing only turns that check, and those that depend on it say that they cannot say.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "doctor/known_problems.hpp"
#include "doctor/report.hpp"
#include "shm/attach.hpp"
#include "tests/doctor/healthy.hpp"

namespace gecko::doctor {
namespace {

namespace key = shm::key;

State state_of(const std::vector<Result>& results, std::string_view id) {
    for (const Result& result : results)
        if (result.check->id == id) return result.state;
    ADD_FAILURE() << "no check " << id;
    return State::unknown;
}

bool depends_on(const Check& check, std::string_view id) {
    if (check.depends.empty()) return false;
    if (check.depends == id) return true;
    for (const Check& ground : checks())
        if (ground.id == check.depends) return depends_on(ground, id);
    return false;
}

platform::InspectedDevice& sink_of(Evidence& evidence) {
    return evidence.audio.devices[2];
}

/// What breaks a thing, and the check that is to see it. `words`: what is found.
struct Break {
    const char* id;
    const char* words;
    void (*spoil)(Evidence& evidence);
};

constexpr Break kBreaks[] = {
    {"system", "older than", [](Evidence& e) { e.os_version = "10.15.7"; }},
    {"settings", "preamp_db", [](Evidence& e) { e.settings_problem = "settings.json:3: preamp_db: no"; }},
    {"installed", "it is not", [](Evidence& e) { *e.bundle = {}; }},
    {"place", "symbolic link", [](Evidence& e) { e.bundle->through_link = true; }},
    {"owner", "Contents/Info.plist", [](Evidence& e) { e.bundle->wrong_owner = "Contents/Info.plist"; }},
    {"modes", "Contents/MacOS", [](Evidence& e) { e.bundle->wrong_mode = "Contents/MacOS"; }},
    {"folders", "HAL is not root's", [](Evidence& e) { e.bundle->wrong_folder = "HAL is not root's"; }},
    {"bundle", "no program", [](Evidence& e) { e.bundle->problem = "its program is no program"; }},
    {"signature", "codesign",
     [](Evidence& e) { e.bundle->signature->problem = "codesign does not accept it"; }},
    {"version", "driver 0.0.9",
     [](Evidence& e) {
         e.bundle->version = "0.0.9";
         e.audio.driver[key::kDriverVersion] = "0.0.9";
     }},
    {"server", "not running",
     [](Evidence& e) {
         e.server_problem = "The audio server is not running";
         e.audio = {};
     }},
    {"loaded", "knows no Gecko Sink",
     [](Evidence& e) {
         e.audio.sink_known = false;
         e.audio.driver.clear();
         std::erase_if(e.audio.devices, [](const auto& device) { return device.is_gecko_sink; });
         e.audio.devices[0].is_default_output = true;
     }},
    {"visible", "hidden", [](Evidence& e) { sink_of(e).hidden = true; }},
    {"running-version", "says nothing", [](Evidence& e) { e.audio.driver.erase(key::kProtocol); }},
    {"running-version", "protocol 1", [](Evidence& e) { e.audio.driver[key::kProtocol] = 1.0; }},
    {"running-version", "protocol 9", [](Evidence& e) { e.audio.driver[key::kProtocol] = 9.0; }},
    {"running-version", "is installed", [](Evidence& e) { e.audio.driver[key::kDriverVersion] = "0.0.9"; }},
    {"console", "another user", [](Evidence& e) { e.audio.driver[key::kConsoleUid] = 502.0; }},
    {"owner-alive", "3001 ms", [](Evidence& e) { e.audio.driver[key::kAliveAge] = 3001.0; }},
    {"owner-alive", "no sign of life", [](Evidence& e) { e.audio.driver.erase(key::kAliveAge); }},
    {"output", "no output but",
     [](Evidence& e) {
         for (auto& device : e.audio.devices)
             if (!device.is_gecko_sink) device.outputs = 0;
     }},
    {"default", "not equalised",
     [](Evidence& e) {
         sink_of(e).is_default_output = false;
         e.audio.devices[0].is_default_output = true;
     }},
    {"default", "no default output", [](Evidence& e) { sink_of(e).is_default_output = false; }},
    {"volume", "muted", [](Evidence& e) { e.audio.sink_muted = true; }},
    {"volume", "volume 0", [](Evidence& e) { e.audio.sink_volume = 0; }},
    {"rate", "44100 Hz", [](Evidence& e) { e.audio.devices[0].rate_hz = 44100; }},
    {"steering", "ppm", [](Evidence& e) { e.audio.driver[key::kSteering] = -950.0; }},
    {"steering", "nonsense", [](Evidence& e) { e.audio.driver.erase(key::kSteering); }},
    {"lost", "5000 frames came too late", [](Evidence& e) { e.audio.driver[key::kUnderruns] = 5000.0; }},
    {"lost", "6000 were overwritten", [](Evidence& e) { e.audio.driver[key::kOvertaken] = 6000.0; }},
};

TEST(Doctor, FindsNothingWrongWhereNothingIs) {
    const auto results = examine(healthy());
    ASSERT_EQ(results.size(), checks().size());
    for (const Result& result : results) {
        EXPECT_EQ(result.state, State::right) << result.check->id << ": " << result.found;
        EXPECT_EQ(result.advice, "") << result.check->id;
        EXPECT_NE(result.found, "") << result.check->id;
    }
    EXPECT_TRUE(all_right(results));
}

TEST(Doctor, WhatBreaksOneThingTurnsOneCheckAndSilencesThoseThatNeedIt) {
    for (const Break& one : kBreaks) {
        Evidence evidence = healthy();
        one.spoil(evidence);
        const auto results = examine(evidence);
        EXPECT_FALSE(all_right(results));
        for (const Result& result : results) {
            SCOPED_TRACE(std::string(one.id) + " (" + one.words + "): " + std::string(result.check->id));
            if (result.check->id == one.id) {
                EXPECT_EQ(result.state, State::wrong) << result.found;
                EXPECT_NE(result.found.find(one.words), std::string::npos) << result.found;
                EXPECT_NE(result.advice, "");
            } else if (depends_on(*result.check, one.id)) {
                EXPECT_EQ(result.state, State::unknown) << result.found;
            } else {
                EXPECT_EQ(result.state, State::right) << result.found;
            }
        }
    }
}

TEST(Doctor, AnotherProgramsDeviceThatHasTheDefaultIsNamed) {
    Evidence evidence = healthy();
    sink_of(evidence).is_default_output = false;
    evidence.audio.devices[1].is_default_output = true;  // BlackHole
    evidence.gecko->takes_default = false;               // or the sink would be missed as well
    auto results = examine(evidence);
    EXPECT_EQ(state_of(results, "others"), State::wrong);
    EXPECT_EQ(state_of(results, "default"), State::note);
    evidence.audio.devices[1].uid = "EQMDevice";
    results = examine(evidence);
    for (const Result& result : results)
        if (result.check->id == "others") {
            EXPECT_EQ(result.found, "eqMac has the default output (eqMac)");
        }
}

TEST(Doctor, ARefusalOfTheOneThatAskedLastIsWrong) {
    Evidence evidence = healthy();
    evidence.audio.driver[key::kAttached] = false;
    sink_of(evidence).is_default_output = false;
    evidence.audio.devices[0].is_default_output = true;
    const auto before = examine(evidence);
    evidence.audio.driver[key::kLastError] = "open: shm_open refused: Permission denied";
    evidence.audio.driver[key::kLastStep] = "open";
    evidence.audio.driver[key::kLastErrno] = 13.0;
    const auto after = examine(evidence);
    for (std::size_t i = 0; i < before.size(); ++i) {
        const bool is_it = before[i].check->id == "attach";
        EXPECT_EQ(after[i].state, is_it ? State::wrong : before[i].state) << before[i].check->id;
        if (!is_it) continue;
        EXPECT_NE(after[i].found.find("step open, errno 13"), std::string::npos) << after[i].found;
    }
}

TEST(Doctor, EveryCheckIsBrokenByATest) {
    std::set<std::string_view> broken{"others", "attach"};  // each in a test of its own
    for (const Break& one : kBreaks) broken.insert(one.id);
    for (const Check& check : checks()) EXPECT_TRUE(broken.contains(check.id)) << check.id;
}

TEST(Doctor, ChecksHaveTheirOwnIdsAndSayWhatToDo) {
    std::set<std::string_view> ids;
    for (const Check& check : checks()) {
        EXPECT_TRUE(ids.insert(check.id).second) << check.id;
        EXPECT_FALSE(check.title.empty());
        EXPECT_FALSE(check.do_this.empty());
    }
}

TEST(Doctor, WhatIsOfAMacOnlyIsNotHereElsewhere) {
    Evidence evidence = healthy();
    evidence.is_macos = false;
    evidence.system = "Linux";
    evidence.bundle.reset();
    const auto results = examine(evidence);
    for (const char* id :
         {"folders", "installed", "place", "owner", "modes", "bundle", "signature", "version"})
        EXPECT_EQ(state_of(results, id), State::not_here) << id;
    EXPECT_EQ(state_of(results, "running-version"), State::right);
    EXPECT_TRUE(all_right(results));
}

TEST(Doctor, ASignatureThatCannotBeCheckedIsWorthANote) {
    Evidence evidence = healthy();
    evidence.bundle->signature =
        Signature{.problem = "", .unchecked = "codesign could not be run", .signer = ""};
    EXPECT_EQ(state_of(examine(evidence), "signature"), State::note);
    EXPECT_TRUE(all_right(examine(evidence)));
}

TEST(Doctor, ADriverThatCannotBeLookedForIsNotSaidToBeMissing) {
    Evidence evidence = healthy();
    evidence.bundle.emplace();
    evidence.bundle->unseen = "Permission denied";
    evidence.bundle->wrong_folder = "HAL is not root's";
    const auto results = examine(evidence);
    EXPECT_EQ(state_of(results, "folders"), State::wrong);
    for (const char* id : {"installed", "place", "owner", "bundle", "signature"})
        EXPECT_EQ(state_of(results, id), State::unknown) << id;
}

TEST(Doctor, WhereAnInstallWaitsForTheMacToBeRestartedThatIsTheAdvice) {
    Evidence evidence = healthy();
    evidence.bundle->restarted_since_install = false;
    EXPECT_TRUE(all_right(examine(evidence))) << "it is at work";
    evidence.audio.sink_known = false;
    evidence.audio.driver.clear();
    const auto advice = [&] {
        for (const Result& result : examine(evidence))
            if (result.check->id == "loaded") return result.advice;
        return std::string();
    };
    EXPECT_TRUE(advice().starts_with("Restart the Mac")) << advice();
    evidence.bundle->restarted_since_install = true;
    EXPECT_TRUE(advice().starts_with("gecko driver restart looks once more")) << advice();
    evidence.bundle->restarted_since_install.reset();
    EXPECT_TRUE(advice().starts_with("Restart the audio server")) << advice();
}

TEST(Doctor, WithoutAProgramAttachedTheDefaultMustNotBeTheSink) {
    Evidence evidence = healthy();
    evidence.audio.driver[key::kAttached] = false;
    for (const char* gone : {key::kSteering, key::kAliveAge, key::kOwnerUid, key::kUnderruns})
        evidence.audio.driver.erase(gone);
    auto results = examine(evidence);
    EXPECT_EQ(state_of(results, "default"), State::wrong);
    for (const char* id : {"owner-alive", "steering", "lost", "rate"})
        EXPECT_EQ(state_of(results, id), State::unknown) << id;
    sink_of(evidence).is_default_output = false;
    evidence.audio.devices[0].is_default_output = true;
    results = examine(evidence);
    EXPECT_TRUE(all_right(results));
}

TEST(Doctor, TheDefaultMayBeAnyWhereTheGeckoThatRunsLeavesItAlone) {
    Evidence evidence = healthy();
    evidence.gecko->takes_default = false;  // --keep-default, whatever the setting says
    sink_of(evidence).is_default_output = false;
    evidence.audio.devices[0].is_default_output = true;
    EXPECT_TRUE(all_right(examine(evidence)));
    evidence.take_default = false;
    evidence.gecko->takes_default = true;
    EXPECT_EQ(state_of(examine(evidence), "default"), State::wrong);
    // What a gecko that has ended wrote does not count, nor what one did that does not say.
    evidence.gecko->process = 4712;
    EXPECT_TRUE(all_right(examine(evidence)));
    evidence.gecko.reset();
    EXPECT_TRUE(all_right(examine(evidence)));
}

TEST(Doctor, ALoopbackDeviceThatGeckoReadsIsTheRightDefault) {
    Evidence evidence = healthy();
    evidence.audio.driver[key::kAttached] = false;
    evidence.gecko->source = "BlackHole2ch_UID";
    sink_of(evidence).is_default_output = false;
    evidence.audio.devices[1].is_default_output = true;
    auto results = examine(evidence);
    EXPECT_TRUE(all_right(results));
    EXPECT_EQ(state_of(results, "default"), State::right);
    EXPECT_EQ(state_of(results, "others"), State::right);
    evidence.audio.devices[1].is_default_output = false;
    for (const std::size_t other : {std::size_t{0}, std::size_t{2}}) {  // the speakers, Gecko Sink
        evidence.audio.devices[other].is_default_output = true;
        EXPECT_EQ(state_of(examine(evidence), "default"), State::wrong) << other;
        evidence.audio.devices[other].is_default_output = false;
    }
    evidence.audio.devices[1].is_default_output = true;
    evidence.gecko_lives = false;
    results = examine(evidence);
    EXPECT_EQ(state_of(results, "others"), State::wrong) << "nobody reads it any more";
}

TEST(Doctor, ARefusalThatKeepsNobodyFromAnythingIsWorthANote) {
    Evidence evidence = healthy();
    evidence.audio.driver[key::kLastError] = "owner: another program is attached";
    evidence.audio.driver[key::kLastStep] = "owner";
    EXPECT_EQ(state_of(examine(evidence), "attach"), State::note);
    evidence.audio.driver[key::kAliveAge] = 3001.0;
    EXPECT_EQ(state_of(examine(evidence), "attach"), State::wrong) << "one that is dead is in the way";
    evidence.audio.driver[key::kAttached] = false;
    EXPECT_EQ(state_of(examine(evidence), "attach"), State::note) << "that is gone as well";
}

TEST(Doctor, TheRateOfTheOutputThatIsPlayedOnCounts) {
    Evidence evidence = healthy();
    evidence.audio.devices[0].rate_hz = 44100;
    evidence.audio.devices[1].rate_hz = 48000;
    EXPECT_EQ(state_of(examine(evidence), "rate"), State::wrong);
    evidence.gecko->output = evidence.audio.devices[1].uid;
    EXPECT_EQ(state_of(examine(evidence), "rate"), State::right);
    evidence.gecko.reset();
    EXPECT_EQ(state_of(examine(evidence), "rate"), State::unknown) << "it does not say where it plays";
}

TEST(Doctor, AFewLostFramesAreWorthANoteOnly) {
    Evidence evidence = healthy();
    evidence.audio.driver[key::kUnderruns] = 12.0;
    EXPECT_EQ(state_of(examine(evidence), "lost"), State::note);
    EXPECT_TRUE(all_right(examine(evidence)));
}

TEST(Doctor, JsonHasEachCheckOnce) {
    Evidence evidence = healthy();
    evidence.audio.sink_muted = true;
    evidence.audio.devices[0].name = "\xff\x1b[2J";
    const auto results = examine(evidence);
    const auto json = nlohmann::json::parse(as_json(results));
    EXPECT_FALSE(json["right"].get<bool>());
    ASSERT_EQ(json["checks"].size(), checks().size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(json["checks"][i]["id"], results[i].check->id);
        EXPECT_EQ(json["checks"][i]["state"], name_of(results[i].state));
    }
    EXPECT_EQ(as_text(results).find('\x1b'), std::string::npos);
}

TEST(KnownProblems, OfAVersionAreNotedWithTheirSource) {
    Evidence evidence = healthy();
    evidence.os_version = "14.4.1";
    const auto results = examine(evidence);
    EXPECT_EQ(state_of(results, "system"), State::note);
    EXPECT_TRUE(all_right(results));
    EXPECT_NE(results[0].found.find("kickstart"), std::string::npos) << results[0].found;
    EXPECT_NE(results[0].found.find("123028502"), std::string::npos) << results[0].found;
    EXPECT_NE(results[0].advice, "");
    evidence.os_version = "14.3";
    EXPECT_EQ(state_of(examine(evidence), "system"), State::right);
    evidence.os_version = "Sonoma";
    EXPECT_EQ(state_of(examine(evidence), "system"), State::unknown);
    for (const KnownProblem& problem : known_problems()) {
        EXPECT_LT(problem.from, problem.until);
        EXPECT_FALSE(problem.source.empty());
        EXPECT_FALSE(problem.advice.empty());
    }
}

TEST(OsVersions, AreUpToThreeNumbers) {
    EXPECT_EQ(parse_os_version("14"), (OsVersion{14, 0, 0}));
    EXPECT_EQ(parse_os_version("14.4.1"), (OsVersion{14, 4, 1}));
    EXPECT_LT(*parse_os_version("14.4"), *parse_os_version("14.10"));
    for (const char* text : {"", "x", "14.", "14.4.1.2", "-1", "14.-4", " 14"})
        EXPECT_EQ(parse_os_version(text), std::nullopt) << text;
}

}  // namespace
}  // namespace gecko::doctor
