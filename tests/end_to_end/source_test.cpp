// Another program's loopback device as the source, through the real processes.
#include <sndfile.h>

#include <csignal>
#include <fstream>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

class SourceDevice : public ByHand {
  protected:
    void SetUp() override {
        const fs::path devices = scratch_ / "devices.plist";
        std::ofstream(devices) << R"(<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><array>
  <dict><key>uid</key><string>SimulatedSpeakers_UID</string><key>name</key><string>Simulated Speakers</string></dict>
  <dict><key>uid</key><string>BlackHole2ch_UID</string><key>name</key><string>BlackHole 2ch</string>
    <key>transport</key><string>virt</string><key>inputs</key><integer>2</integer><key>loopback</key><true/></dict>
</array></plist>)";
        fs::create_directory(scratch_ / "empty");  // no driver
        start_server(scratch_ / "empty", {"--devices", devices.string()});
    }
    void choose_source(const std::string& uid) const {
        EXPECT_EQ(run({program("gecko"), "settings", "source", uid}, environment()).exit_code, 0);
    }
    [[nodiscard]] Outcome refused() {
        start_gecko();
        return gecko_->finish();
    }
};

TEST_F(SourceDevice, IsHeardWithoutADriverAndWhatItCostsIsSaid) {
    choose_source("BlackHole2ch_UID");
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("playing -> Simulated Speakers")) << gecko_->finish().out;
    write_audio(file_, broadband(11, 48'000, 2, 30.0), SF_FORMAT_WAV | SF_FORMAT_PCM_24);
    finder_ = SongFinder(read_audio(file_));
    player_.emplace(
        std::vector<std::string>{program("gecko-play"), "--device", "BlackHole 2ch", file_.string()},
        environment());
    EXPECT_TRUE(hears_the_song());
    gecko_->signal(SIGINT);
    const Outcome outcome = gecko_->finish();
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("microphone permission"), std::string::npos) << outcome.out;
    gecko_.reset();
    const std::string devices = run({program("gecko"), "devices"}, environment()).out;
    EXPECT_NE(devices.find("* Simulated Speakers"), std::string::npos) << devices;
    EXPECT_NE(devices.find("it can be the source"), std::string::npos) << devices;
}

TEST_F(SourceDevice, ThatIsNotThereOrIsNoLoopbackIsRefused) {
    choose_source("Nowhere_UID");
    const Outcome nowhere = refused();
    EXPECT_EQ(nowhere.exit_code, 2);
    EXPECT_NE(nowhere.out.find("no device has the UID Nowhere_UID"), std::string::npos) << nowhere.out;
    choose_source("SimulatedSpeakers_UID");
    const Outcome speakers = refused();
    EXPECT_EQ(speakers.exit_code, 2);
    EXPECT_NE(speakers.out.find("Simulated Speakers is no loopback device"), std::string::npos)
        << speakers.out;
    EXPECT_NE(speakers.out.find("gecko settings --reset source"), std::string::npos) << speakers.out;
}

}  // namespace
}  // namespace gecko::testing
