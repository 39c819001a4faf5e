// The virtual Mac itself, without Gecko's app.
#include <gtest/gtest.h>

#include "counting_player.hpp"
#include "shm/attach.hpp"
#include "tests/simulation/sanitizer.hpp"
#include "tests/simulation/signal.hpp"
#include "virtual_mac.hpp"

namespace gecko::following {
namespace {

constexpr pid_t kPlayer = 501;

TEST(VirtualMac, HasSpeakersAsItsDefaultOutputAndGeckoSink) {
    VirtualMac mac;
    EXPECT_NE(VirtualMac::device(kSpeakers), kAudioObjectUnknown);
    EXPECT_NE(VirtualMac::gecko_sink(), kAudioObjectUnknown);
    EXPECT_EQ(VirtualMac::default_output(), VirtualMac::device(kSpeakers));
    EXPECT_EQ(VirtualMac::set_default_output(VirtualMac::gecko_sink()), 0);
    EXPECT_EQ(VirtualMac::default_output(), VirtualMac::gecko_sink());
}

TEST(VirtualMac, WhatIsPlayedIntoGeckoSinkArrivesFrameByFrame) {
    VirtualMac mac;
    std::uint64_t next = 0;
    std::uint64_t time_lines = 0;
    mac.on_output = [&](const VirtualMac::OutputHeard& output) {
        ASSERT_EQ(output.uid, shm::kDeviceUid);
        ASSERT_EQ(output.channels, 2u);
        next += simulation::counted(next, output.samples);
        time_lines = output.time_line;
    };
    CountingPlayer player(mac, kPlayer, "com.example.player", VirtualMac::gecko_sink());
    ASSERT_EQ(player.start(), 0);
    constexpr double kSeconds = simulation::kSanitized ? 600 : 3600;
    mac.run(kSeconds);
    EXPECT_EQ(next, player.frame());
    EXPECT_NEAR(static_cast<double>(next), kSeconds * 48'000.0, 2 * 512);
    EXPECT_EQ(time_lines, 1u);
}

TEST(VirtualMac, HeadphonesArePluggedInAndPlayWhatTheSpeakersDoNot) {
    VirtualMac mac;
    ASSERT_EQ(mac.hardware(minihal::plist::Dictionary()
                               .add("do", std::string("plug"))
                               .add("uid", std::string("Headphones_UID"))
                               .add("rate", 44'100.0)),
              0);
    mac.run(0.1);
    CountingPlayer player(mac, kPlayer, "com.example.player", VirtualMac::device("Headphones_UID"));
    std::uint64_t next = 0;
    mac.on_output = [&](const VirtualMac::OutputHeard& output) {
        EXPECT_EQ(output.uid, "Headphones_UID");
        next += simulation::counted(next, output.samples);
    };
    ASSERT_EQ(player.start(), 0);
    mac.run(1);
    EXPECT_EQ(next, player.frame());
    EXPECT_NEAR(static_cast<double>(next), 44'100, 1024);
}

TEST(VirtualMac, GeckoSinkChangesItsRateWhileSomebodyPlays) {
    VirtualMac mac;
    double rate = 0;
    std::uint64_t next = 0;
    mac.on_output = [&](const VirtualMac::OutputHeard& output) {
        rate = output.rate;
        next += simulation::counted(next, output.samples);
    };
    const AudioObjectID sink = VirtualMac::gecko_sink();
    CountingPlayer player(mac, kPlayer, "com.example.player", sink);
    ASSERT_EQ(player.start(), 0);
    mac.run(1);
    const AudioObjectPropertyAddress address{kAudioDevicePropertyNominalSampleRate,
                                             kAudioObjectPropertyScopeGlobal,
                                             kAudioObjectPropertyElementMain};
    const Float64 wanted = 44'100;
    ASSERT_EQ(AudioObjectSetPropertyData(sink, &address, 0, nullptr, sizeof wanted, &wanted), 0);
    mac.run(1);
    EXPECT_EQ(rate, 44'100);
    EXPECT_EQ(next, player.frame());
}

TEST(VirtualMac, TheDriverIsAnotherOneAfterTheServerDied) {
    VirtualMac mac;
    const AudioObjectID before = VirtualMac::gecko_sink();
    CountingPlayer player(mac, kPlayer, "com.example.player", before);
    ASSERT_EQ(player.start(), 0);
    mac.run(1);
    mac.hal().stop_server();
    EXPECT_EQ(mac.plug_in(), nullptr);
    mac.run(1);
    EXPECT_LT(player.frame(), 48'000u + 1024);
    mac.hal().start_server();
    mac.run(1);
    EXPECT_NE(mac.plug_in(), nullptr);
    EXPECT_NE(VirtualMac::gecko_sink(), before);
    EXPECT_EQ(player.start(), kAudioHardwareBadDeviceError);
}

}  // namespace
}  // namespace gecko::following
