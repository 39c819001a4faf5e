// The report goes to strangers: nothing in it tells whose machine it is.
#include "doctor/report.hpp"

#include <gtest/gtest.h>

#include "shm/attach.hpp"
#include "tests/doctor/healthy.hpp"

namespace gecko::doctor {
namespace {

/// With private things in every place that takes text.
Evidence private_evidence() {
    Evidence evidence = healthy();
    evidence.settings_problem =
        "/Users/alexandra/Library/Application Support/Gecko/settings.json:3: preset: there is no preset "
        "\"Alexandra's hearing aid\"";
    evidence.bundle->wrong_owner = "Contents/alexandra.txt";
    evidence.bundle->wrong_mode = "Contents/AA-BB-CC-11-22-33:output";
    evidence.bundle->problem = "/Users/alexandra/x: no";
    evidence.bundle->signature->signer = "Apple Development: Alexandra Smith (9ABCDEFGHI)";
    evidence.audio.devices.push_back({.uid = "AppleUSBAudioEngine:RME:Babyface:71234567:1",
                                      .name = "Babyface (71234567)",
                                      .manufacturer = "RME",
                                      .transport = "usb ",
                                      .rate_hz = 96000,
                                      .outputs = 4,
                                      .inputs = 4});
    evidence.audio.devices.push_back({.uid = "com.rogueamoeba.Loopback::6D94B290-E225-46E9-AAD1-3AD95212DBF6",
                                      .name = "Alexandra's show",
                                      .manufacturer = "Rogue Amoeba",
                                      .transport = "virt",
                                      .rate_hz = 48000,
                                      .outputs = 2,
                                      .inputs = 2});
    evidence.audio.driver[shm::key::kLastError] = "open: /Users/alexandra on Alexandras-MacBook.local";
    evidence.audio.driver[shm::key::kLastStep] = "open";
    evidence.audio.driver[shm::key::kOwnerUid] = 5017.0;
    evidence.audio.driver[shm::key::kOwnerPid] = 47119.0;
    evidence.audio.driver[shm::key::kConsoleUid] = 5017.0;
    evidence.user = 5017;
    return evidence;
}

TEST(DoctorReport, HasNoNamesAddressesOrNumbersOfHardware) {
    for (int sink_is_default = 0; sink_is_default < 2; ++sink_is_default) {
        Evidence evidence = private_evidence();
        evidence.audio.devices[2].is_default_output = sink_is_default != 0;
        evidence.audio.devices[0].is_default_output = sink_is_default == 0;
        const std::string report = as_report(evidence);
        for (const char* secret :
             {"alexandra", "Alexandra", "/Users", "MacBook", "AA-BB-CC", "AirPods", "71234567", "Babyface",
              "RME", "6D94B290", "show", "5017", "47119", "4711", "Smith", "9ABCDEF"})
            EXPECT_EQ(report.find(secret), std::string::npos) << secret << "\n" << report;
    }
}

TEST(DoctorReport, HasWhatASupportPersonNeeds) {
    const std::string report = as_report(private_evidence());
    for (const char* part :
         {"gecko 1.2.3", "macOS 13.6", "Gecko Sink", "BlackHole", "Loopback", "device 1 (Bluetooth)",
          "device 4 (USB)", "96000 Hz", "steering: -12.5", "settings.json:3: preset: (", ": ~/x: no"})
        EXPECT_NE(report.find(part), std::string::npos) << part << "\n" << report;
    for (const Check& check : checks()) EXPECT_NE(report.find(check.title), std::string::npos) << check.id;
}

TEST(DoctorReport, TheChecksSayTheSameOfTheOpenEvidence) {
    for (const Evidence& evidence : {healthy(), private_evidence()}) {
        const auto before = examine(evidence);
        const auto after = examine(without_private(evidence));
        for (std::size_t i = 0; i < before.size(); ++i)
            EXPECT_EQ(before[i].state, after[i].state) << before[i].check->id;
    }
}

TEST(DoctorReport, OfTheSettingsSaysTheFileTheLineAndTheFieldOnly) {
    const std::string where = "/Volumes/Annabel/settings.json";
    const std::string rest = ": (the report leaves out what is said of it)";
    for (const auto& [problem, found] :
         {std::pair<std::string, std::string>{where + ":2: preset: no preset \"Annabel Smith hearing aid\"",
                                              "settings.json:2: preset"},
          {where + ":7: applications/1/preset: com.private.app=rock",
           "settings.json:7: applications/1/preset"},
          {where + ":7: applications/1/my shop: what", "settings.json:7"},
          {where + ":7: my shop: there is no such setting", "settings.json:7"},
          {where + ":4:11: near \"Annabel\"", "settings.json:4:11"},
          {where + " cannot be read: Permission denied", "settings.json"},
          {where + ": version: it must be a whole number from 1", "settings.json: version"}}) {
        Evidence evidence = healthy();
        evidence.settings_problem = problem;
        EXPECT_EQ(without_private(evidence).settings_problem, found + rest);
        EXPECT_NE(as_report(evidence).find(found + rest), std::string::npos) << as_report(evidence);
    }
}

TEST(DoctorReport, HasNeitherTheFullNameNorAnyHomeNorTheMachinesShortName) {
    Evidence evidence = healthy();
    evidence.home = "/private/var/annas";
    evidence.server_problem =
        "/private/var/annas/x, /Users/alexandra/y, Alexandra Miller, on Alexandras-MacBook";
    evidence.audio = {};
    const std::string report = as_report(evidence);
    EXPECT_NE(report.find("~/x, ~/y, (user), on (this machine)"), std::string::npos) << report;
}

TEST(DoctorReport, ANameThatIsAPartOfWordsDoesNotTearThemUp) {
    Evidence evidence = healthy();
    evidence.user_name = "ann";  // cannot, channels
    evidence.server_problem = "ann cannot open /Users/ann/x";
    evidence.audio = {};
    const std::string report = as_report(evidence);
    EXPECT_NE(report.find("(user) cannot open /Users/(user)/x"), std::string::npos) << report;
    EXPECT_NE(report.find("cannot be said"), std::string::npos) << report;
}

TEST(DoctorReport, RootIsNobodysName) {
    Evidence evidence = healthy();
    evidence.user_name = "root";
    EXPECT_NE(as_report(evidence).find("root:wheel"), std::string::npos);
}

TEST(DoctorReport, AShortNameDoesNotTearUpWords) {
    Evidence evidence = healthy();
    evidence.user_name = "a";
    evidence.audio.devices[0].name = "r";
    EXPECT_NE(as_report(evidence).find("The driver is installed"), std::string::npos);
}

}  // namespace
}  // namespace gecko::doctor
