// Volumes and mutes that must stick: what was pressed while nothing played, and what an output was left with.
#include "scene.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

class KeptVolume : public Scene {};

TEST_F(KeptVolume, WhatIsPressedWhileTheOutputSleepsReachesTheHardwareAndStays) {
    plug(headphones());
    choose(kHeadphones);
    play();
    player_->rest(true);
    run(15);
    ASSERT_TRUE(app_->connection().asleep);
    set_mute(shm::kDeviceUid, true);
    set_volume(shm::kDeviceUid, 2 / 15.0F);
    run(1);
    EXPECT_TRUE(muted(kHeadphones));
    EXPECT_NEAR(volume_of(kHeadphones), 2 / 15.0, 1e-3);
    player_->rest(false);
    run(1);
    EXPECT_TRUE(muted(shm::kDeviceUid));
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 2 / 15.0, 1e-3);
    EXPECT_TRUE(muted(kHeadphones));
}

TEST_F(KeptVolume, WhatIsPressedWhileAnOutputIsTriedAgainStays) {
    plug(headphones());
    choose(kHeadphones);
    play();
    busy(kHeadphones, kAudioHardwareNotReadyError, 20);
    ASSERT_EQ(stick(kHeadphones), kAudioHardwareNoError);
    run(1);
    set_mute(shm::kDeviceUid, true);
    run(4);
    EXPECT_TRUE(muted(shm::kDeviceUid));
    EXPECT_TRUE(muted(kHeadphones));
}

TEST_F(KeptVolume, AnOutputWithoutControlsIsReturnedToAsLoudAsItWasLeft) {
    plug(headphones());
    play();  // on speakers without any
    set_volume(shm::kDeviceUid, 0.2F);
    run(1);
    choose(kHeadphones);
    run(1);
    set_volume_at(kHeadphones, 14 / 15.0);
    run(1);
    ASSERT_NEAR(volume_of(shm::kDeviceUid), 14 / 15.0, 1e-3);
    choose(kSpeakers);
    run(1);
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 0.2, 1e-4);
    // And to one that had been muted it is returned silently.
    set_mute(shm::kDeviceUid, true);
    run(1);
    choose(kHeadphones);
    run(1);
    EXPECT_FALSE(muted(shm::kDeviceUid)) << "the headphones are not";
    choose(kSpeakers);
    run(1);
    EXPECT_TRUE(muted(shm::kDeviceUid));
}

}  // namespace
}  // namespace gecko::following
