// Which output is played on, and that the sound is there again soon.
#include <array>

#include "scene.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

using Outputs = Scene;

TEST_F(Outputs, GeckoSinkIsTheDefaultWhileGeckoRunsAndWhatWasIsAfterwards) {
    start_gecko();
    run(1);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    EXPECT_TRUE(app_->connection().is_default);
    EXPECT_EQ(app_->connection().output_uid, kSpeakers);
    app_->quit();
    EXPECT_EQ(default_uid(), kSpeakers);
    EXPECT_FALSE(std::filesystem::exists(state_folder_ / "default-output"));
}

TEST_F(Outputs, TheDefaultStaysWhereItIsIfItIsNotToBeTaken) {
    platform::PathOptions options;
    options.take_default = false;
    start_gecko(options);
    run(1);
    EXPECT_EQ(default_uid(), kSpeakers);
    EXPECT_EQ(app_->connection().output_uid, kSpeakers);
    plug(usb_interface());
    choose(kUsb);
    run(1);
    EXPECT_EQ(default_uid(), kUsb);
    EXPECT_EQ(app_->connection().output_uid, kUsb);
}

TEST_F(Outputs, TheOneToPlayOnFirstComesBeforeTheDefaultAndAChoiceInTheMenuAfterIt) {
    plug(usb_interface());
    platform::PathOptions options;
    options.output = kUsb;
    start_gecko(options);
    run(1);
    EXPECT_EQ(app_->connection().output_uid, kUsb);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    choose(kSpeakers);
    run(1);
    EXPECT_EQ(app_->connection().output_uid, kSpeakers);
    app_->quit();
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(Outputs, TheFormerOneIsNotedBeforeGeckoSinkTakesItsPlaceForGeckoMayCrashInBetween) {
    bool set = false;
    mac_.on_set = [&](AudioObjectID, const AudioObjectPropertyAddress& address) {
        if (address.mSelector != kAudioHardwarePropertyDefaultOutputDevice) return;
        set = true;
        EXPECT_TRUE(std::filesystem::exists(state_folder_ / "default-output"));
    };
    play();
    mac_.on_set = nullptr;
    EXPECT_TRUE(set);
}

TEST_F(Outputs, ACrashGivesTheDefaultBackThroughTheGuard) {
    play();
    app_->kill();
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    app_->guard();
    EXPECT_EQ(default_uid(), kSpeakers);
    EXPECT_FALSE(std::filesystem::exists(state_folder_ / "default-output"));
}

TEST_F(Outputs, WhatACrashLeftWithoutAGuardTheNextGeckoGivesBack) {
    plug(usb_interface());
    choose(kUsb);
    play();
    EXPECT_EQ(app_->connection().output_uid, kUsb);
    app_->kill();
    run(5);  // until the driver has noticed
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    start_gecko();
    run(2);
    EXPECT_EQ(app_->connection().output_uid, kUsb);
    app_->quit();
    EXPECT_EQ(default_uid(), kUsb);
}

TEST_F(Outputs, AnotherOneChosenInTheMenuIsPlayedOnAndGeckoSinkStaysTheDefault) {
    play();
    plug(usb_interface());
    run(0.5);
    EXPECT_EQ(now_heard().uid, kSpeakers) << "what is plugged in is not chosen";
    const Ticks chosen = simulation::now();
    choose(kUsb);
    run(2);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    const auto recovery = ears_.recovery(chosen + simulation::ticks_of(0.1));
    ASSERT_TRUE(recovery);
    EXPECT_EQ(now_heard().uid, kUsb);
    EXPECT_TRUE(ears_.stretches().front().faded_out);
    EXPECT_TRUE(now_heard().faded_in);
    EXPECT_LT(simulation::seconds_of(now_heard().begins - chosen), 0.5);
    expect_all_right();
    app_->quit();
    EXPECT_TRUE(now_heard().faded_out);
    EXPECT_EQ(default_uid(), kUsb) << "the last choice is given back";
}

TEST_F(Outputs, UnpluggedTheSoundGoesOnElsewhereAndReturnsWithTheDevice) {
    play();
    const double latency = now_heard().latency;
    auto usb = usb_interface();
    usb.safety = 0;
    plug(usb);
    choose(kUsb);
    run(2);
    ASSERT_EQ(now_heard().uid, kUsb);

    Ticks when = simulation::now();
    unplug(kUsb);
    run(2);
    expect_back(when, latency, kSpeakers);
    EXPECT_EQ(app_->connection().output, "Simulated Speakers");
    EXPECT_EQ(default_uid(), shm::kDeviceUid);

    when = simulation::now() + simulation::ticks_of(0.05);
    plug(usb);
    run(2);
    EXPECT_EQ(now_heard().uid, kUsb);
    EXPECT_LT(simulation::seconds_of(now_heard().begins - when), 0.5);
    expect_all_right();
}

TEST_F(Outputs, BluetoothThatAppearsLateIsGoneOverToWhenTheSystemDoes) {
    play();
    auto device = headphones();
    device.takes_default = true;
    const Ticks when = simulation::now();
    plug(device);
    run(2);
    EXPECT_EQ(now_heard().uid, kHeadphones);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    EXPECT_LT(simulation::seconds_of(now_heard().begins - when), 0.5);
    expect_all_right();
}

TEST_F(Outputs, NoOutputAtAllIsSaidAndTheFirstThatComesIsTaken) {
    play();
    unplug(kSpeakers);
    run(2);
    ASSERT_TRUE(app_->connection().problem);
    EXPECT_EQ(app_->connection().problem->kind, platform::PlatformError::Kind::no_output);
    const Ticks when = simulation::now();
    plug(usb_interface());
    run(2);
    EXPECT_FALSE(app_->connection().problem);
    const auto recovery = ears_.recovery(when);
    ASSERT_TRUE(recovery);
    EXPECT_LE(*recovery, 0.5);
    expect_all_right();
}

TEST_F(Outputs, AnInputIsNeverOpened) {
    play();
    plug(headphones());
    choose(kHeadphones);
    run(2);
    EXPECT_EQ(now_heard().uid, kHeadphones);
    EXPECT_EQ(inputs_opened(kHeadphones), 0) << "the microphone would be asked for";
    EXPECT_EQ(rate_of(kHeadphones), 48'000) << "that is the quality of a call";
    expect_all_right();
}

TEST_F(Outputs, AnAggregateWithGeckoSinkInItIsRefusedAndSaid) {
    play();
    minihal::hardware::DeviceOptions aggregate;
    aggregate.uid = "Aggregate_UID";
    aggregate.name = "Everything";
    aggregate.transport = {kAudioDeviceTransportTypeAggregate};
    aggregate.sub_devices = {kSpeakers, shm::kDeviceUid};
    plug(aggregate);
    choose("Aggregate_UID");
    run(1);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    EXPECT_EQ(ears_.stretches().size(), 1u) << "it goes on as if nothing had been chosen";
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    ASSERT_TRUE(app_->connection().notice);
    EXPECT_EQ(app_->connection().notice->kind, platform::PlatformError::Kind::output_contains_sink);
    EXPECT_EQ(app_->connection().notice->cause, "Everything");
    expect_all_right();
}

TEST_F(Outputs, OnAnInterfaceItIsPlayedOnTheChannelsThatAreSetForStereo) {
    auto interface = usb_interface();
    interface.outputs = 6;
    interface.stereo = 3;
    plug(interface);
    choose(kUsb);
    std::array<bool, 6> heard{};
    mac_.on_output = [&](const VirtualMac::OutputHeard& output) {
        for (std::size_t i = 0; output.uid == kUsb && i < output.samples.size(); ++i)
            heard[i % output.channels] |= output.samples[i] != 0;
    };
    start_gecko();
    run(0.5);
    start_player();
    run(1);
    // What the player counts is on the left.
    EXPECT_EQ(heard, (std::array<bool, 6>{false, false, true, false, false, false}));
    mac_.on_output = nullptr;  // Gecko still plays while it quits
}

TEST_F(Outputs, WhoTakesTheDefaultThreeTimesInFiveSecondsIsLetBeAndNamed) {
    play();
    auto other = usb_interface();
    other.uid = "EQMDevice";
    other.name = "Headphones (eq)";
    plug(other);
    run(0.5);
    for (int time = 0; time < 2; ++time) {
        choose(other.uid);
        run(1);
        EXPECT_EQ(default_uid(), shm::kDeviceUid);
    }
    choose(other.uid);
    run(1);
    EXPECT_EQ(default_uid(), other.uid);
    ASSERT_TRUE(app_->connection().notice);
    EXPECT_EQ(app_->connection().notice->kind, platform::PlatformError::Kind::default_contested);
    EXPECT_EQ(app_->connection().notice->cause, "eqMac makes \"Headphones (eq)\"");
    app_->quit();
    EXPECT_EQ(default_uid(), other.uid);
}

TEST_F(Outputs, ThreeTimesInMoreThanFiveSecondsIsSomebodyWhoChooses) {
    play();
    plug(usb_interface());
    for (int time = 0; time < 4; ++time) {
        choose(time % 2 == 0 ? kUsb : kSpeakers);
        run(2.6);
        EXPECT_EQ(default_uid(), shm::kDeviceUid);
    }
    EXPECT_FALSE(app_->connection().notice);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    expect_all_right();
}

TEST_F(Outputs, GeckoSinkThatWasChosenByHandIsGivenBackToTheOutputThatWasPlayedOn) {
    plug(usb_interface());
    choose(shm::kDeviceUid);
    platform::PathOptions options;
    options.output = kUsb;
    start_gecko(options);
    run(1);
    EXPECT_EQ(app_->connection().output_uid, kUsb);
    app_->kill();
    app_->guard();
    EXPECT_EQ(default_uid(), kUsb);
}

TEST_F(Outputs, BehindAContestGeckoSinkChosenByHandIsGivenBackAsWell) {
    play();
    plug(usb_interface());
    for (int time = 0; time < 3; ++time) {
        choose(kUsb);
        run(1);
    }
    ASSERT_TRUE(app_->connection().notice);
    choose(shm::kDeviceUid);
    run(1);
    EXPECT_FALSE(app_->connection().notice);
    app_->kill();
    app_->guard();
    EXPECT_EQ(default_uid(), kUsb);
}

}  // namespace
}  // namespace gecko::following
