// Gecko Sink never stays the default output where nobody plays what comes into it, and what is given back is where the sound was.
#include <sys/resource.h>

#include "platform/coreaudio/hardware.hpp"
#include "scene.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

using platform::PlatformError;

class KeptDefault : public Scene {
  protected:
    /// For as long as it lives this process opens no further file, as where the system's limit is reached.
    class NoFiles {
      public:
        NoFiles() {
            getrlimit(RLIMIT_NOFILE, &before_);
            rlimit none = before_;
            none.rlim_cur = 3;
            setrlimit(RLIMIT_NOFILE, &none);
        }
        ~NoFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

      private:
        rlimit before_{};
    };

    [[nodiscard]] bool is_noted() const { return std::filesystem::exists(state_folder_ / "default-output"); }
};

TEST_F(KeptDefault, WhereTheDriverRefusesForLongTheDefaultIsGivenBackAndTakenAgainLater) {
    play();
    mac_.hal().stop_server();
    run(1);
    mac_.hal().start_server();
    {
        const NoFiles none;
        run(5);
        ASSERT_TRUE(app_->connection().problem);
        EXPECT_EQ(app_->connection().problem->kind, PlatformError::Kind::shm_open_failed);
        EXPECT_EQ(default_uid(), kSpeakers);
    }
    run(2);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    start_player();
    run(1);
    expect_all_right();
}

TEST_F(KeptDefault, AGeckoThatStartsBehindACrashAndIsRefusedGivesItBack) {
    play();
    app_->kill();
    start_player();
    start_gecko();
    const NoFiles none;
    run(12);
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(KeptDefault, AnOutputThatRefusesForTenSecondsIsLeftForAnother) {
    plug(usb_interface());
    choose(kUsb);
    play();
    busy(kUsb, kAudioHardwareNotReadyError, 100'000);
    ASSERT_EQ(stick(kUsb), kAudioHardwareNoError);
    run(9);
    EXPECT_EQ(app_->connection().output_uid, kUsb) << "headphones that are slow are waited for";
    run(2);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    expect_all_right();
    ASSERT_TRUE(app_->connection().notice);
    EXPECT_EQ(app_->connection().notice->kind, PlatformError::Kind::device_refused);
    // It is tried again when it is plugged in again.
    unplug(kUsb);
    plug(usb_interface());
    run(1);
    EXPECT_EQ(now_heard().uid, kUsb);
    expect_all_right();
}

TEST_F(KeptDefault, AnOutputThatStartsAndNeverCallsBackIsLeftToo) {
    play();
    auto dead = usb_interface();
    dead.start_delay = 60;
    plug(dead);
    choose(kUsb);
    run(18);  // each try is waited for for 3 s
    EXPECT_EQ(now_heard().uid, kSpeakers);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    ASSERT_TRUE(app_->connection().notice);
    EXPECT_EQ(app_->connection().notice->cause, "USB Interface does not call back");
    expect_all_right();
}

TEST_F(KeptDefault, WhereTheOnlyOutputRefusesTheSoundGoesPastGecko) {
    play();
    busy(kSpeakers, kAudioHardwareNotReadyError, 100'000);
    ASSERT_EQ(stick(kSpeakers), kAudioHardwareNoError);
    run(12);
    EXPECT_EQ(default_uid(), kSpeakers);
    busy(kSpeakers, kAudioHardwareNotReadyError, 0);
    run(2);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    expect_all_right();
}

TEST_F(KeptDefault, AGuardThatFindsNoGeckoSinkYetKeepsTheNote) {
    play();
    ASSERT_EQ(default_uid(), shm::kDeviceUid);
    mac_.hal().stop_server();
    app_->kill();
    mac_.install_driver(false);  // not loaded yet
    mac_.hal().start_server();
    ASSERT_EQ(default_uid(), kSpeakers);
    app_->guard();
    EXPECT_TRUE(is_noted());
    mac_.hal().stop_server();
    mac_.install_driver(true);
    mac_.hal().start_server();
    choose(shm::kDeviceUid);  // as coreaudiod remembers it
    app_->guard();
    EXPECT_EQ(default_uid(), kSpeakers);
    EXPECT_FALSE(is_noted());
}

TEST_F(KeptDefault, WithoutANoteOfTheFormerOneItIsNotTaken) {
    std::filesystem::create_directories(state_folder_ /
                                        "default-output.new");  // where the note would be written
    start_gecko();
    run(1);
    start_player();
    run(1);
    EXPECT_EQ(default_uid(), kSpeakers);
    ASSERT_TRUE(app_->connection().notice);
    EXPECT_EQ(app_->connection().notice->kind, PlatformError::Kind::default_not_noted);
    std::filesystem::remove(state_folder_ / "default-output.new");
    run(1);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    EXPECT_FALSE(app_->connection().notice);
}

TEST_F(KeptDefault, WhatIsTheDefaultForAMomentBehindARestartOfTheServerWasChosenByNobody) {
    plug(usb_interface());
    choose(kUsb);
    play();
    ASSERT_EQ(now_heard().uid, kUsb);
    mac_.hal().stop_server();
    run(0.6);
    mac_.hal().start_server();
    choose(kSpeakers);  // coreaudiod, before the device that it remembers is there
    run(2);
    start_player();
    run(1);
    EXPECT_EQ(now_heard().uid, kUsb);
    expect_all_right();
    app_->quit();
    EXPECT_EQ(default_uid(), kUsb);
}

TEST_F(KeptDefault, WhatIsChosenLongAfterARestartOfTheServerIsGivenBack) {
    plug(usb_interface());
    choose(kUsb);
    play();
    mac_.hal().stop_server();
    mac_.hal().start_server();
    choose(shm::kDeviceUid);  // as coreaudiod remembers it, at once
    run(1);
    start_player();
    run(4);
    choose(kSpeakers);
    run(2);
    ASSERT_EQ(now_heard().uid, kSpeakers);
    app_->kill();
    app_->guard();
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(KeptDefault, DevicesThatComeOneByOneBehindARestartOfTheServerAreNoContest) {
    play();
    mac_.hal().stop_server();
    mac_.hal().start_server();
    start_player();
    for (int i = 0; i < 4; ++i) {
        auto come = usb_interface();
        come.uid += std::to_string(i);
        come.takes_default = true;
        plug(come);
        run(0.4);
    }
    run(2);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    EXPECT_FALSE(app_->connection().notice);
}

TEST_F(KeptDefault, AnotherEqualisersDeviceIsNotPlayedOn) {
    play();
    auto other = usb_interface();
    other.uid = "BGMDevice";
    other.name = "Background Music";
    other.transport = {kAudioDeviceTransportTypeVirtual};
    plug(other);
    choose("BGMDevice");  // whose program plays what it is given on what was the default before: Gecko Sink
    run(1);
    EXPECT_EQ(now_heard().uid, kSpeakers);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
    ASSERT_TRUE(app_->connection().notice);
    EXPECT_EQ(app_->connection().notice->kind, PlatformError::Kind::output_plays_on);
    app_->quit();
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(KeptDefault, AnAggregateThatIsNotPlayedOnIsNotGivenBackEither) {
    play();
    minihal::hardware::DeviceOptions aggregate;
    aggregate.uid = "Aggregate_UID";
    aggregate.name = "Everything";
    aggregate.transport = {kAudioDeviceTransportTypeAggregate};
    aggregate.sub_devices = {shm::kDeviceUid};
    plug(aggregate);
    choose("Aggregate_UID");
    run(1);
    ASSERT_EQ(default_uid(), shm::kDeviceUid);
    app_->quit();
    EXPECT_EQ(default_uid(), kSpeakers);
}

TEST_F(KeptDefault, WhereTheFormerOneCannotBeTheDefaultAnyMoreAnotherOutputIs) {
    play();
    unplug(kSpeakers);
    plug(usb_interface());
    auto microphone = usb_interface();
    microphone.uid = kSpeakers;
    microphone.outputs = 0;
    plug(microphone);
    run(1);
    app_->kill();
    app_->guard();
    EXPECT_EQ(default_uid(), kUsb);
}

TEST_F(KeptDefault, BehindACrashTheOutputThatWasPlayedOnLastIsTheDefault) {
    plug(usb_interface());
    choose(kUsb);
    play();
    auto come = headphones();
    come.takes_default = true;
    plug(come);
    run(1);
    ASSERT_EQ(now_heard().uid, kHeadphones);
    unplug(kHeadphones);
    run(1);
    ASSERT_EQ(now_heard().uid, kUsb);
    app_->kill();
    app_->guard();
    EXPECT_EQ(default_uid(), kUsb) << "and not the speakers, which nobody chose";
}

TEST_F(KeptDefault, ASystemThatShowsALateDefaultIsNobodyWhoContestsIt) {
    start_gecko();
    for (int step = 0; step < 300 && !app_->connection().is_default; ++step) run(0.005);
    ASSERT_EQ(default_uid(), shm::kDeviceUid);
    choose(kSpeakers);  // as it was, for a moment more
    run(0.1);
    EXPECT_EQ(default_uid(), kSpeakers) << "nobody fights over it";
    EXPECT_TRUE(app_->connection().is_default);
    choose(shm::kDeviceUid);  // as it was asked to be
    run(1);
    EXPECT_TRUE(app_->connection().is_default);
    EXPECT_FALSE(app_->connection().notice);
    choose(kSpeakers);  // by somebody
    run(1);
    EXPECT_EQ(default_uid(), shm::kDeviceUid);
}

}  // namespace
}  // namespace gecko::following
