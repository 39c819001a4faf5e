// Another program's loopback device as the source, instead of Gecko's driver.
#include <algorithm>

#include "scene.hpp"
#include "shm/attach.hpp"
#include "tests/simulation/sanitizer.hpp"

namespace gecko::following {
namespace {

constexpr const char* kHole = "BlackHole2ch_UID";

class Loopback : public Scene {
  protected:
    static minihal::hardware::DeviceOptions hole(double ppm = 0) {
        minihal::hardware::DeviceOptions device;
        device.uid = kHole;
        device.name = "BlackHole 2ch";
        device.transport = {kAudioDeviceTransportTypeVirtual};
        device.rates = {44'100, 48'000, 96'000};
        device.inputs = 2;
        device.loopback = true;
        device.ppm = ppm;
        return device;
    }
    static platform::PathOptions from(const char* uid) {
        platform::PathOptions options;
        options.source = uid;
        return options;
    }
    void play_into_the_hole(double ppm = 0) {
        plug(hole(ppm));
        ears_.expect_player_at(kHole);
        start_gecko(from(kHole));
        run(0.5);
        player_.emplace(mac_, kPlayer, "com.example.player", VirtualMac::device(kHole));
        ASSERT_EQ(player_->start(), kAudioHardwareNoError);
        run(1);
        ASSERT_TRUE(app_->connection().running);
        ASSERT_FALSE(ears_.stretches().empty());
    }
};

TEST_F(Loopback, WhatIsPlayedIntoItIsHeardBitForBitAndItIsTheDefaultMeanwhile) {
    play_into_the_hole();
    run(5);
    EXPECT_EQ(default_uid(), kHole);
    EXPECT_EQ(app_->connection().source, "BlackHole 2ch");
    EXPECT_EQ(app_->connection().output_uid, kSpeakers);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    EXPECT_EQ(ears_.stretches().size(), 1U);
    EXPECT_GT(now_heard().frames, 5U * 48'000);
    EXPECT_EQ(app_->engine().status().application_count, 0U) << "applications come as one mix";
    EXPECT_GT(inputs_opened(kHole), 0);
    expect_all_right();
    app_->quit();
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(Loopback, ACrashGivesTheDefaultBackThroughTheGuard) {
    play_into_the_hole();
    app_->kill();
    EXPECT_EQ(default_uid(), kHole);
    app_->guard();
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(Loopback, RatesAreFollowedOnEitherSide) {
    play_into_the_hole();
    const Ticks when = simulation::now();
    set_rate_at(kSpeakers, 44'100);
    run(2);
    EXPECT_EQ(rate_of(kHole), 44'100) << "it follows the output";
    EXPECT_EQ(now_heard().rate, 44'100);
    EXPECT_LT(simulation::seconds_of(now_heard().begins - when), 0.5);
    set_rate(kHole, 96'000);
    run(2);
    EXPECT_EQ(rate_of(kSpeakers), 96'000) << "what somebody wants is offered to the output";
    EXPECT_EQ(now_heard().rate, 96'000);
    expect_all_right();
}

TEST_F(Loopback, TheHardwaresVolumeIsLeftAlone) {
    auto device = headphones();
    plug(device);
    choose(kHeadphones);
    play_into_the_hole();
    EXPECT_EQ(now_heard().uid, kHeadphones);
    EXPECT_FLOAT_EQ(volume_of(kHeadphones), 0.4F);
    expect_all_right();
}

/// What clocks that are apart cost. The usual ones, by 50 ppm, take four times as long for the same.
class DriftingLoopback : public Loopback, public ::testing::WithParamInterface<double> {};

TEST_P(DriftingLoopback, IsReadAnewWithAShortFadeNowAndThenAndNothingElseIsLost) {
    // The stretches are the counters of what was heard, whatever the engine says.
    play_into_the_hole(GetParam());
    constexpr std::size_t kTimes = simulation::kSanitized ? 1 : 3;
    run(125.0 * kTimes);
    const auto& stretches = ears_.stretches();
    const auto status = app_->engine().status();
    double longest = 0;
    for (std::size_t i = 1; i < stretches.size(); ++i) {
        longest = std::max(longest, simulation::seconds_of(stretches[i].begins - stretches[i - 1].ends));
        EXPECT_TRUE(stretches[i].faded_in);
    }
    EXPECT_EQ(stretches.size() - 1, kTimes) << "once in 100 s";
    EXPECT_LT(longest, 0.15);
    EXPECT_EQ(status.underrun_frames, 0U);
    EXPECT_EQ(status.overtaken_frames, 0U);
    expect_all_right();
}

INSTANTIATE_TEST_SUITE_P(Ppm, DriftingLoopback, ::testing::Values(200.0, -200.0));

TEST_F(Loopback, WhatIsNoLoopbackIsRefusedAndSaid) {
    plug(usb_interface());
    start_gecko(from(kUsb));
    run(1);
    ASSERT_TRUE(app_->connection().problem);
    EXPECT_EQ(app_->connection().problem->kind, platform::PlatformError::Kind::source_unusable);
    EXPECT_EQ(inputs_opened(kUsb), 0);
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(Loopback, OneThatIsNotThereIsSaidAndTakenUpWhenItComes) {
    start_gecko(from(kHole));
    run(1);
    ASSERT_TRUE(app_->connection().problem);
    EXPECT_EQ(app_->connection().problem->kind, platform::PlatformError::Kind::source_unusable);
    EXPECT_NE(app_->connection().problem->message().find(kHole), std::string::npos);
    plug(hole());
    run(3);
    EXPECT_FALSE(app_->connection().problem);
    EXPECT_EQ(default_uid(), kHole);
}

TEST_F(Loopback, TheAudioServersRestartIsSurvived) {
    play_into_the_hole();
    mac_.hal().stop_server();
    run(1);
    mac_.hal().start_server();
    run(2);
    EXPECT_FALSE(app_->connection().problem);
    EXPECT_EQ(app_->connection().source, "BlackHole 2ch");
}

}  // namespace
}  // namespace gecko::following
