// Each check on a Mac that is simulated whole, with the driver, the follower and the files as they ship: what is broken there for real turns
// that check and no other.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "doctor/checks.hpp"
#include "doctor/collect.hpp"
#include "platform/coreaudio/driver_link.hpp"
#include "tests/doctor/bundle_on_disk.hpp"
#include "tests/following/scene.hpp"

namespace gecko::doctor {
namespace {

using following::kApp;
using following::kSpeakers;
using following::kUsb;
using following::VirtualMac;

/// The interface that the host calls the driver through, as it was when this goes.
class DriversInterface {
  public:
    explicit DriversInterface(VirtualMac& mac) : interface_(**mac.plug_in()->ref()), was_(interface_) {
        real = was_;
    }
    DriversInterface(const DriversInterface&) = delete;
    DriversInterface& operator=(const DriversInterface&) = delete;
    ~DriversInterface() { interface_ = was_; }

    AudioServerPlugInDriverInterface* operator->() { return &interface_; }
    inline static AudioServerPlugInDriverInterface real{};

  private:
    AudioServerPlugInDriverInterface& interface_;
    AudioServerPlugInDriverInterface was_;
};

minihal::hardware::DeviceOptions a_hole() {
    minihal::hardware::DeviceOptions device;
    device.uid = "BlackHole2ch_UID";
    device.name = "BlackHole 2ch";
    device.transport = {kAudioDeviceTransportTypeVirtual};
    device.inputs = 2;
    device.loopback = true;
    return device;
}

/// A Mac on which all is right: the driver installed and running; with gecko on it, or without.
class HealthyMac : public following::Scene {
  public:
    HealthyMac() { ::setenv("GECKO_HOME", home_.path().c_str(), 1); }
    ~HealthyMac() override { ::unsetenv("GECKO_HOME"); }
    void TestBody() override {}

    void begin(bool with_gecko) {
        plug(following::usb_interface());
        plug(a_hole());
        if (!with_gecko) return run(0.5);
        play();
        tell();
    }
    void start() {
        platform::PathOptions options;
        options.take_default = takes_default_;
        options.source = source_;
        start_gecko(options);
        run(0.5);
    }
    /// What app/run_command.cpp writes.
    void tell() {
        const platform::RunningGecko gecko{
            .process = source_.empty() ? kApp : ::getpid(),  // of which the driver knows, or there is one
            .takes_default = takes_default_,
            .source = source_,
            .output = app_->connection().output_uid};
        std::ofstream(home_.path() / platform::kLockFile) << to_text(gecko);
    }
    void write_settings(const std::string& text) const {
        std::ofstream(home_.path() / "settings.json") << text;
    }
    void restart_server() {
        mac_.hal().stop_server();
        mac_.hal().start_server();
        run(0.5);
    }
    [[nodiscard]] std::vector<Result> results() {
        mac_.as(403, "gecko");
        return examine(collect(disk_.place(), gecko_version_));
    }
    [[nodiscard]] Result result(std::string_view id) {
        for (const Result& one : results())
            if (one.check->id == id) return one;
        ADD_FAILURE() << "no check " << id;
        return {};
    }

    using Scene::app_;
    using Scene::choose;
    using Scene::mac_;
    using Scene::plug;
    using Scene::run;
    using Scene::set_mute;
    using Scene::set_rate_at;
    using Scene::set_volume;
    using Scene::sit_down;
    using Scene::unplug;

    std::string gecko_version_ = GECKO_VERSION;
    bool takes_default_ = true;
    std::string source_;
    BundleOnDisk disk_{GECKO_VERSION};
    std::optional<DriversInterface> interface_;

  private:
    settings::TemporaryFolder home_;
};

OSStatus hidden(AudioServerPlugInDriverRef driver, AudioObjectID object, pid_t client,
                const AudioObjectPropertyAddress* address, UInt32 qualifier_size, const void* qualifier,
                UInt32 capacity, UInt32* written, void* data) {
    const OSStatus status = DriversInterface::real.GetPropertyData(
        driver, object, client, address, qualifier_size, qualifier, capacity, written, data);
    if (status == 0 && address->mSelector == kAudioDevicePropertyIsHidden) *static_cast<UInt32*>(data) = 1;
    return status;
}

enum class Gecko : std::uint8_t { runs, does_not };

/// What breaks a thing, and the check that is to see it. `words`: what is found.
struct Break {
    const char* id;
    const char* words;
    Gecko gecko;
    void (*spoil)(HealthyMac& mac);
    const char* silences =
        "";  ///< a check that cannot say anything then, though it does not depend on this one
    bool only_by_root = false;
};

constexpr Break kFiles[] = {
    {"settings", "settings.json:1", Gecko::does_not, [](HealthyMac& mac) { mac.write_settings("{"); }},
    {"settings", "preset", Gecko::does_not,
     [](HealthyMac& mac) { mac.write_settings("{\"version\": 1,\n\"preset\": 7}"); }},
    {"folders", "HAL cannot be read", Gecko::does_not,
     [](HealthyMac& mac) { mac.disk_.mode(mac.disk_.hal(), 0700); }},
    {"folders", "Audio can be changed", Gecko::does_not,
     [](HealthyMac& mac) { mac.disk_.mode(mac.disk_.top() / "Library/Audio", 0777); }},
    {"folders", "HAL is not root's", Gecko::does_not,
     [](HealthyMac& mac) { EXPECT_EQ(::chown(mac.disk_.hal().c_str(), 12'345, 0), 0); }, "", true},
    {"installed", "it is not", Gecko::does_not,
     [](HealthyMac& mac) { std::filesystem::remove_all(mac.disk_.bundle()); }},
    {"place", "symbolic link", Gecko::does_not,
     [](HealthyMac& mac) {
         std::filesystem::rename(mac.disk_.bundle(), mac.disk_.top() / "elsewhere");
         std::filesystem::create_directory_symlink(mac.disk_.top() / "elsewhere", mac.disk_.bundle());
     }},
    {"owner", "Contents/Info.plist", Gecko::does_not,
     [](HealthyMac& mac) {
         EXPECT_EQ(::chown((mac.disk_.bundle() / "Contents/Info.plist").c_str(), 65'534, 65'534), 0);
     },
     "", true},
    {"modes", "Contents/MacOS", Gecko::does_not,
     [](HealthyMac& mac) { mac.disk_.mode(mac.disk_.bundle() / "Contents/MacOS", 0775); }},
    {"bundle", "Info.plist", Gecko::does_not,
     [](HealthyMac& mac) { mac.disk_.write("Contents/Info.plist", "<plist"); }},
    {"bundle", "com.example.other", Gecko::does_not,
     [](HealthyMac& mac) {
         mac.disk_.write("Contents/Info.plist", BundleOnDisk::info(GECKO_VERSION, "com.example.other"));
     }},
    {"bundle", "its program cannot be read", Gecko::does_not,
     [](HealthyMac& mac) {
         std::filesystem::remove(mac.disk_.bundle() / "Contents/MacOS/GeckoAudioDevice");
     }},
    {"bundle", "its program is no program", Gecko::does_not,
     [](HealthyMac& mac) { mac.disk_.write("Contents/MacOS/GeckoAudioDevice", "garbage"); }},
    {"bundle", "it is for unknown", Gecko::does_not,
     [](HealthyMac& mac) {
         mac.disk_.write("Contents/MacOS/GeckoAudioDevice", program_for_a_mac(0x0100'0012));
     }},
    {"signature", "does not accept it", Gecko::does_not,
     [](HealthyMac& mac) { mac.disk_.codesign("exit 1"); }},
    {"version", "gecko 9.9.9", Gecko::does_not, [](HealthyMac& mac) { mac.gecko_version_ = "9.9.9"; }},
    {"running-version", "9.9.9 is installed", Gecko::does_not,
     [](HealthyMac& mac) {
         mac.gecko_version_ = "9.9.9";
         mac.disk_.write("Contents/Info.plist", BundleOnDisk::info("9.9.9"));
     }},
};

constexpr Break kAudio[] = {
    {"server", "not running", Gecko::runs, [](HealthyMac& mac) { mac.mac_.hal().stop_server(); }},
    {"loaded", "knows no Gecko Sink", Gecko::does_not,
     [](HealthyMac& mac) {
         mac.interface_.emplace(mac.mac_);
         (*mac.interface_)->Initialize = [](AudioServerPlugInDriverRef,
                                            AudioServerPlugInHostRef) -> OSStatus {
             return kAudioHardwareUnspecifiedError;
         };
         mac.restart_server();
     }},
    {"visible", "does not list it", Gecko::does_not,
     [](HealthyMac& mac) {
         mac.interface_.emplace(mac.mac_);
         (*mac.interface_)->GetPropertyData = &hidden;
         mac.restart_server();
     }},
    {"console", "another user", Gecko::runs, [](HealthyMac&) { HealthyMac::sit_down(::getuid() + 1); }},
    {"attach", "step user, errno", Gecko::does_not,
     [](HealthyMac& mac) {
         HealthyMac::sit_down(::getuid() + 1);
         mac.mac_.as(following::kSomebody, "gecko");
         (void)platform::coreaudio::DriverLink::try_modes(VirtualMac::gecko_sink());  // gecko driver --try
         HealthyMac::sit_down(::getuid());
     }},
    {"owner-alive", " ms ago", Gecko::runs,
     [](HealthyMac& mac) {
         mac.app_->kill();
         mac.run(4);
     }},
    {"output", "no output but", Gecko::runs,
     [](HealthyMac& mac) {
         for (const char* uid : {"BlackHole2ch_UID", kUsb, kSpeakers}) mac.unplug(uid);
     },
     "rate"},
    {"default", "USB Interface, so what is played there", Gecko::runs,
     [](HealthyMac& mac) { mac.choose(kUsb); }},
    {"default", "no gecko runs", Gecko::does_not, [](HealthyMac& mac) { mac.choose(shm::kDeviceUid); }},
    {"others", "BlackHole has the default output", Gecko::does_not,
     [](HealthyMac& mac) { mac.choose("BlackHole2ch_UID"); }},
    {"volume", "muted", Gecko::runs, [](HealthyMac&) { HealthyMac::set_mute(shm::kDeviceUid, true); }},
    {"volume", "volume 0", Gecko::runs, [](HealthyMac&) { HealthyMac::set_volume(shm::kDeviceUid, 0); }},
    {"rate", "44100 Hz", Gecko::runs, [](HealthyMac& mac) { mac.set_rate_at(kSpeakers, 44'100); }},
    {"steering", "ppm", Gecko::runs,
     [](HealthyMac& mac) {
         auto fast = following::usb_interface();
         fast.uid = "Fast_UID";
         fast.ppm = 990;
         mac.plug(fast);
         mac.choose("Fast_UID");
         mac.run(60);
         mac.tell();
     }},
    {"lost", "came too late", Gecko::runs,
     [](HealthyMac& mac) {
         mac.mac_.lateness = [](const std::string& uid) {
             return uid == shm::kDeviceUid ? simulation::ticks_of(0.3) : simulation::Ticks{0};
         };
         mac.run(1);
         mac.mac_.lateness = nullptr;
     }},
};

bool depends_on(const Check& check, std::string_view id) {
    if (check.depends.empty()) return false;
    if (check.depends == id) return true;
    return std::ranges::any_of(
        checks(), [&](const Check& ground) { return ground.id == check.depends && depends_on(ground, id); });
}

void expect_this_check_alone(const Break& one) {
    if (one.only_by_root && ::geteuid() != 0) return;
    HealthyMac mac;
    mac.begin(one.gecko == Gecko::runs);
    const auto before = mac.results();
    for (const Result& result : before) {
        // Without gecko some cannot be said.
        EXPECT_TRUE(result.state == State::right ||
                    (one.gecko == Gecko::does_not && result.state == State::unknown))
            << result.check->id << ": " << result.found;
    }
    one.spoil(mac);
    const auto after = mac.results();
    for (std::size_t i = 0; i < after.size(); ++i) {
        const Result& result = after[i];
        SCOPED_TRACE(std::string(one.id) + " (" + one.words + "): " + std::string(result.check->id));
        if (result.check->id == one.id) {
            EXPECT_EQ(result.state, State::wrong) << result.found;
            EXPECT_NE(result.found.find(one.words), std::string::npos) << result.found;
            EXPECT_NE(result.advice, "");
        } else if (depends_on(*result.check, one.id) || result.check->id == one.silences) {
            EXPECT_EQ(result.state, State::unknown) << result.found;
        } else {
            EXPECT_EQ(result.state, before[i].state) << result.found;
        }
    }
}

TEST(DoctorForReal, OfTheFilesWhatIsBrokenTurnsThatCheckAlone) {
    for (const Break& one : kFiles) expect_this_check_alone(one);
}

TEST(DoctorForReal, OfTheAudioWhatIsBrokenTurnsThatCheckAlone) {
    for (const Break& one : kAudio) expect_this_check_alone(one);
}

TEST(DoctorForReal, EveryCheckIsBrokenButTheOneOfTheSystemsVersion) {
    std::set<std::string_view> broken{"system"};  // here it is never macOS (checks_test.cpp)
    for (const Break& one : kFiles) broken.insert(one.id);
    for (const Break& one : kAudio) broken.insert(one.id);
    for (const Check& check : checks()) EXPECT_TRUE(broken.contains(check.id)) << check.id;
}

TEST(DoctorForReal, ADriverThatWasInstalledAndNotSeenSinceWaitsForTheMacToBeRestarted) {
    HealthyMac mac;
    mac.begin(false);
    const auto staging = mac.disk_.hal().parent_path() / ".gecko-staging.x1Y2z3";
    std::filesystem::create_directory(staging);
    mac.disk_.mode(staging, 0700);
    EXPECT_EQ(mac.result("installed").state, State::note);
    EXPECT_TRUE(all_right(mac.results()));
    mac.disk_.write("Contents/Info.plist",
                    BundleOnDisk::info("9.9.9"));  // the audio server runs the former one
    EXPECT_TRUE(mac.result("running-version").advice.starts_with("Restart the Mac"));
    mac.interface_.emplace(mac.mac_);
    (*mac.interface_)->Initialize = [](AudioServerPlugInDriverRef, AudioServerPlugInHostRef) -> OSStatus {
        return kAudioHardwareUnspecifiedError;
    };
    mac.restart_server();
    EXPECT_TRUE(mac.result("loaded").advice.starts_with("Restart the Mac"));
}

TEST(DoctorForReal, WhatASecondProgramIsRefusedIsNothingWrong) {
    HealthyMac mac;
    mac.begin(true);
    mac.mac_.as(following::kSomebody, "gecko");
    (void)platform::coreaudio::DriverLink::try_modes(VirtualMac::gecko_sink());  // gecko driver --try
    EXPECT_EQ(mac.result("attach").state, State::note);
    EXPECT_TRUE(all_right(mac.results()));
    mac.app_.reset();
    EXPECT_TRUE(all_right(mac.results()));
}

TEST(DoctorForReal, AGeckoThatLeavesTheDefaultAloneDoesSo) {
    HealthyMac mac;
    mac.write_settings(R"({"version": 1, "take_default": true})");
    mac.takes_default_ = false;
    mac.start();
    mac.tell();
    EXPECT_EQ(mac.result("default").state, State::note) << mac.result("default").found;
    EXPECT_EQ(mac.result("rate").state, State::right) << mac.result("rate").found;
}

TEST(DoctorForReal, AfterAChoiceInTheMenuTheRateOfWhatWasChosenCounts) {
    HealthyMac mac;
    mac.write_settings(R"({"version": 1, "output": "SimulatedSpeakers_UID"})");
    mac.begin(true);
    mac.choose(kUsb);
    mac.run(1);
    mac.tell();
    mac.set_rate_at(kSpeakers, 44'100);
    const Result rate = mac.result("rate");
    EXPECT_EQ(rate.state, State::right) << rate.found;
    EXPECT_NE(rate.found.find("USB Interface"), std::string::npos) << rate.found;
}

TEST(DoctorForReal, ALoopbackDeviceThatGeckoReadsIsTheRightDefault) {
    HealthyMac mac;
    mac.plug(a_hole());
    mac.source_ = "BlackHole2ch_UID";
    mac.start();
    mac.tell();
    EXPECT_NE(mac.result("default").found.find("BlackHole"), std::string::npos)
        << mac.result("default").found;
    for (const Result& result : mac.results())
        EXPECT_NE(result.state, State::wrong) << result.check->id << result.found;
}

}  // namespace
}  // namespace gecko::doctor
