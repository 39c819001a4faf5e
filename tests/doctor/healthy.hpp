#pragma once

#include "doctor/evidence.hpp"
#include "shm/attach.hpp"
#include "shm/layout.hpp"

namespace gecko::doctor {

/// A Mac on which all is right, with gecko running: devices 0 (played on), 1 (BlackHole) and 2 (Gecko Sink).
inline Evidence healthy() {
    namespace key = shm::key;
    Evidence evidence;
    evidence.gecko_version = "1.2.3";
    evidence.protocol = shm::kProtocolVersion;
    evidence.system = "macOS";
    evidence.os_version = "13.6";
    evidence.is_macos = true;
    evidence.user = 501;
    evidence.user_name = "alexandra";
    evidence.full_name = "Alexandra Miller";
    evidence.home = "/Users/alexandra";
    evidence.account_home = "/Users/alexandra";
    evidence.host_name = "Alexandras-MacBook.local";
    evidence.bundle = Bundle{.there = true,
                             .unseen = "",
                             .through_link = false,
                             .wrong_folder = "",
                             .wrong_owner = "",
                             .wrong_mode = "",
                             .problem = "",
                             .version = "1.2.3",
                             .signature = Signature{.problem = "", .unchecked = "", .signer = kAdHoc},
                             .restarted_since_install = std::nullopt};
    evidence.audio.devices = {
        {.uid = "AA-BB-CC-11-22-33:output",
         .name = "Alexandra's AirPods",
         .manufacturer = "Apple Inc.",
         .transport = "blue",
         .rate_hz = 48000,
         .outputs = 2},
        {.uid = "BlackHole2ch_UID",
         .name = "BlackHole 2ch",
         .manufacturer = "Existential Audio Inc.",
         .transport = "virt",
         .rate_hz = 44100,
         .outputs = 2,
         .inputs = 2},
        {.uid = shm::kDeviceUid,
         .name = shm::kDeviceName,
         .manufacturer = "Gecko",
         .transport = "virt",
         .rate_hz = 48000,
         .outputs = 2,
         .is_default_output = true,
         .is_gecko_sink = true},
    };
    evidence.audio.sink_known = true;
    evidence.audio.sink_volume = 0.5;
    evidence.audio.sink_muted = false;
    evidence.audio.driver = {{key::kDriverVersion, "1.2.3"}, {key::kProtocol, double{shm::kProtocolVersion}},
                             {key::kAttached, true},         {key::kOwnerUid, 501.0},
                             {key::kOwnerPid, 4711.0},       {key::kConsoleUid, 501.0},
                             {key::kLastError, ""},          {key::kLastStep, ""},
                             {key::kLastErrno, 0.0},         {key::kRate, 48000.0},
                             {key::kRunning, true},          {key::kClients, 2.0},
                             {key::kLatency, 600.0},         {key::kSteering, -12.5},
                             {key::kOvertaken, 0.0},         {key::kUnderruns, 0.0},
                             {key::kAliveAge, 400.0},        {key::kPulledAge, 5.0}};
    evidence.gecko = platform::RunningGecko{
        .process = 4711, .takes_default = true, .source = "", .output = "AA-BB-CC-11-22-33:output"};
    evidence.gecko_lives = true;
    return evidence;
}

}  // namespace gecko::doctor
