// What changes about an output while it is played on: its rate, its IO, the machine's sleep, the audio server, who sits there.
#include <unistd.h>

#include "platform/coreaudio/driver_link.hpp"
#include "scene.hpp"
#include "shm/attach.hpp"
#include "tests/simulation/sanitizer.hpp"

namespace gecko::following {
namespace {

using platform::PlatformError;

constexpr pid_t kOther = 5'000'301;

class Changes : public Scene {};

TEST_F(Changes, TheOutputsRateIsFollowedByGeckoSink) {
    play();
    for (const double rate : {44'100.0, 96'000.0, 16'000.0}) {
        SCOPED_TRACE(rate);
        const Ticks when = simulation::now();
        set_rate_at(kSpeakers, rate);
        run(2);
        EXPECT_EQ(rate_of(shm::kDeviceUid), rate);
        EXPECT_EQ(now_heard().rate, rate);
        EXPECT_LE(simulation::seconds_of(now_heard().begins - when), 0.5);
        EXPECT_TRUE(now_heard().faded_in);
        expect_all_right();
    }
}

TEST_F(Changes, BluetoothThatFallsToTheRateOfACallAndBackIsFollowed) {
    plug(headphones());
    choose(kHeadphones);
    play();
    ASSERT_EQ(now_heard().uid, kHeadphones);
    for (const double rate : {16'000.0, 48'000.0}) {
        const Ticks when = simulation::now();
        set_rate_at(kHeadphones, rate);
        run(2);
        EXPECT_EQ(now_heard().rate, rate);
        EXPECT_LE(simulation::seconds_of(now_heard().begins - when), 0.5);
        expect_all_right();
    }
}

TEST_F(Changes, AChangeOfGeckoSinksRateIsOfferedToTheOutput) {
    play();
    const Ticks when = simulation::now();
    set_rate(shm::kDeviceUid, 96'000);
    run(2);
    EXPECT_EQ(rate_of(kSpeakers), 96'000);
    EXPECT_EQ(now_heard().rate, 96'000);
    EXPECT_LE(simulation::seconds_of(now_heard().begins - when), 0.5);
    expect_all_right();
}

TEST_F(Changes, WhereTheOutputRefusesGeckoSinkGoesBackAndThereIsNoSecondOfferWithinTwoSeconds) {
    plug(usb_interface());
    choose(kUsb);
    play();
    ASSERT_EQ(now_heard().uid, kUsb);
    set_rate(shm::kDeviceUid, 32'000);  // which the interface has not
    run(0.5);
    EXPECT_EQ(rate_of(kUsb), 48'000);
    EXPECT_EQ(rate_of(shm::kDeviceUid), 48'000);
    set_rate(shm::kDeviceUid, 96'000);  // which it has, but that would be the second offer
    run(0.5);
    EXPECT_EQ(rate_of(kUsb), 48'000);
    EXPECT_EQ(rate_of(shm::kDeviceUid), 48'000);
    run(2);
    set_rate(shm::kDeviceUid, 96'000);
    run(1);
    EXPECT_EQ(rate_of(kUsb), 96'000);
    expect_all_right();
}

TEST_F(Changes, AnOutputThatStopsCallingBackIsStartedAgain) {
    play();
    const double latency = now_heard().latency;
    const Ticks when = simulation::now();
    ASSERT_EQ(stick(kSpeakers), kAudioHardwareNoError);
    run(2);
    expect_back(when + simulation::ticks_of(0.05), latency, kSpeakers);
}

TEST_F(Changes, AnOutputThatIsBusyIsTriedUntilItIsNot) {
    play();
    plug(usb_interface());
    busy(kUsb, kAudioHardwareNotReadyError, 12);
    choose(kUsb);
    run(0.8);
    ASSERT_TRUE(app_->connection().problem);
    EXPECT_EQ(app_->connection().problem->kind, PlatformError::Kind::device_refused);
    run(2);
    EXPECT_FALSE(app_->connection().problem);
    EXPECT_EQ(now_heard().uid, kUsb);
    expect_all_right();
}

TEST_F(Changes, BehindASleepTheSoundGoesOn) {
    play();
    for (int night = 0; night < 5; ++night) {
        const double latency = now_heard().latency;
        const Ticks when = simulation::now();
        mac_.hal().sleep();
        run(2);
        const auto recovery = ears_.recovery(when + simulation::ticks_of(0.05));
        ASSERT_TRUE(recovery);
        EXPECT_LE(*recovery, 0.5);
        EXPECT_NEAR(now_heard().latency, latency, 0.0015);
        expect_all_right();
    }
}

TEST_F(Changes, BehindASleepAnOutputThatComesBackLateIsGoneBackTo) {
    plug(usb_interface());
    choose(kUsb);
    play();
    const double latency = now_heard().latency;
    const Ticks when = simulation::now();
    mac_.hal().sleep({{.uid = kUsb, .seconds = 3}});
    run(2);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    const auto recovery = ears_.recovery(when + simulation::ticks_of(0.05));
    ASSERT_TRUE(recovery);
    EXPECT_LE(*recovery, 0.5);
    run(2);
    EXPECT_EQ(now_heard().uid, kUsb);
    EXPECT_LE(simulation::seconds_of(now_heard().begins - when), 3.5);
    EXPECT_NEAR(now_heard().latency, latency, 0.0015);
    expect_all_right();
}

TEST_F(Changes, AnAudioServerThatDiesIsWaitedForAndAllIsAsItWas) {
    plug(usb_interface());
    choose(kUsb);
    play();
    const double latency = now_heard().latency;
    mac_.hal().stop_server();
    run(1.5);
    ASSERT_TRUE(app_->connection().problem);
    EXPECT_EQ(app_->connection().problem->kind, PlatformError::Kind::server_not_running);
    mac_.hal().start_server();
    run(1);
    const Ticks when = simulation::now();
    start_player();
    run(1);
    EXPECT_FALSE(app_->connection().problem);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    const auto recovery = ears_.recovery(when);
    ASSERT_TRUE(recovery);
    EXPECT_LE(*recovery, 0.5);
    EXPECT_EQ(now_heard().uid, kUsb);
    EXPECT_NEAR(now_heard().latency, latency, 0.0015);
    expect_all_right();
    app_->quit();
    EXPECT_EQ(default_uid(), kUsb);
}

TEST_F(Changes, TheDriverIsToldThatGeckoLivesSoThatNobodyElseCanHaveIt) {
    start_gecko();
    run(5);
    mac_.as(kOther, "gecko");
    const auto other = platform::coreaudio::DriverLink::attach(VirtualMac::gecko_sink());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().error.kind, PlatformError::Kind::driver_taken);
}

TEST_F(Changes, AGeckoThatIsStartedBehindACrashWaitsUntilTheDriverHasNoticed) {
    play();
    app_->kill();
    app_->guard();
    start_gecko();
    for (int look = 0; look < 40; ++look, run(0.1)) ASSERT_FALSE(app_->connection().problem);
    EXPECT_TRUE(app_->connection().running);
    expect_all_right();
}

TEST_F(Changes, WhileAnotherUserSitsAtTheMachineGeckoGivesWay) {
    play();
    sit_down(::getuid() + 1);
    run(2);
    EXPECT_EQ(default_uid(), kSpeakers);
    ASSERT_TRUE(app_->connection().problem);
    EXPECT_EQ(app_->connection().problem->kind, PlatformError::Kind::not_at_console);
    EXPECT_FALSE(app_->connection().attached);
    const Ticks when = simulation::now();
    sit_down(::getuid());
    run(3);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    const auto recovery = ears_.recovery(when);
    ASSERT_TRUE(recovery);
    EXPECT_LE(*recovery, 0.5);
    expect_all_right();
}

TEST_F(Changes, WithNothingToHearTheOutputStopsAndADeviceChosenMeanwhileIsPlayedOn) {
    play();
    player_->rest(true);
    run(15);
    EXPECT_TRUE(app_->connection().asleep);
    plug(usb_interface());
    choose(kUsb);
    run(1);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    player_->rest(false);
    const Ticks when = simulation::now();
    run(1);
    EXPECT_EQ(now_heard().uid, kUsb);
    EXPECT_LE(simulation::seconds_of(now_heard().begins - when), 0.5);
    EXPECT_EQ(ears_.complaints(), std::vector<std::string>());
}

TEST_F(Changes, SoundThatComesJustWhenTheOutputStopsIsHeardAtOnce) {
    play();
    for (double rest = 9.9; rest < 10.6; rest += simulation::kSanitized ? 0.03 : 0.01) {
        SCOPED_TRACE(rest);
        player_->rest(true);
        run(rest);
        player_->rest(false);
        const Ticks when = simulation::now();
        run(0.4);
        ASSERT_GT(ears_.last_heard(), when) << "nothing is heard";
        ASSERT_LT(simulation::seconds_of(now_heard().begins - when), 0.1);
        ASSERT_EQ(ears_.complaints(), std::vector<std::string>());
    }
}

}  // namespace
}  // namespace gecko::following
