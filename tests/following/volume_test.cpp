// Volume and mute: done once, by the hardware or by the engine.
#include <algorithm>
#include <cmath>
#include <vector>

#include "scene.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

/// The gains of what is heard: frames are whole numbers where nothing has been done to them.
class Volume : public Scene {
  protected:
    Volume() {
        mac_.on_output = [this](const VirtualMac::OutputHeard& output) {
            listen_(output);
            if (output.uid == shm::kDeviceUid) return;
            for (std::size_t i = 0; i < output.samples.size(); i += 2) {
                const auto now = static_cast<double>(output.samples[i]);
                const double step = now - before_;
                before_ = now;
                if (output.uid == watched_)
                    loudest_ = std::max(loudest_, now / static_cast<double>(player_->frame()));
                if (now != 0) gain_ = step;
            }
        };
    }
    ~Volume() override { mac_.on_output = listen_; }  // Gecko still plays while it quits

    /// What one frame is more than the one before: the gain, while it stands still.
    [[nodiscard]] double gain() const { return gain_; }
    [[nodiscard]] double loudest() const { return loudest_; }
    void watch(const char* uid) {
        watched_ = uid;
        loudest_ = 0;
    }

    void play_on_headphones() {
        plug(headphones());  // 16 steps, at 0.4
        choose(kHeadphones);
        play();
    }

    decltype(mac_.on_output) listen_ = mac_.on_output;
    std::string watched_;
    double before_ = 0;
    double gain_ = 0;
    double loudest_ = 0;
};

TEST_F(Volume, WithAControlInTheHardwareGeckoSinkTakesItsValueAndTheSamplesAreLeftAlone) {
    play_on_headphones();
    EXPECT_NEAR(volume_of(kHeadphones), 0.4, 1e-4);
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 0.4, 1e-4);
    EXPECT_EQ(now_heard().uid, kHeadphones) << "bit for bit";
    EXPECT_EQ(gain(), 1);
    expect_all_right();
}

TEST_F(Volume, TheVolumeKeysTurnTheHardware) {
    play_on_headphones();
    set_volume(shm::kDeviceUid, 0.6F);
    run(0.5);
    EXPECT_NEAR(volume_of(kHeadphones), 0.6, 1e-4);
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 0.6, 1e-4);
    set_mute(shm::kDeviceUid, true);
    run(0.5);
    EXPECT_TRUE(muted(kHeadphones));
    EXPECT_EQ(gain(), 1);
    EXPECT_EQ(ears_.stretches().size(), 1u);
    expect_all_right();
}

TEST_F(Volume, WhatTheHardwareRoundsToItsStepsIsAnEchoAndGeckoSinkKeepsWhatWasSet) {
    play_on_headphones();
    for (const float wanted : {0.63F, 0.22F, 0.97F, 0.01F}) {
        SCOPED_TRACE(wanted);
        set_volume(shm::kDeviceUid, wanted);
        run(0.3);
        EXPECT_NEAR(volume_of(shm::kDeviceUid), wanted, 1e-3);
        EXPECT_NEAR(volume_of(kHeadphones), std::round(wanted * 15) / 15, 1e-3);
    }
    run(5);
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 0.01, 1e-3);
}

TEST_F(Volume, AKnobOnTheHardwareShowsOnGeckoSinkAndNowhereElse) {
    play_on_headphones();
    for (const int step : {7, 8, 3, 15, 0}) {
        SCOPED_TRACE(step);
        set_volume_at(kHeadphones, step / 15.0);
        run(0.3);
        EXPECT_NEAR(volume_of(shm::kDeviceUid), step / 15.0, 1e-3);
        EXPECT_NEAR(volume_of(kHeadphones), step / 15.0, 1e-3);
    }
    set_volume_at(kHeadphones, 0.4, true);
    run(0.3);
    EXPECT_TRUE(muted(shm::kDeviceUid));
    EXPECT_EQ(ears_.stretches().size(), 1u) << "the samples are left alone";
}

TEST_F(Volume, WithoutAControlTheEngineDoesItOnce) {
    play();  // on speakers without one
    EXPECT_EQ(gain(), 1);
    set_volume(shm::kDeviceUid, 0.5F);
    run(1);
    const double half = gain();
    EXPECT_GT(half, 0);
    EXPECT_LT(half, 0.9);
    set_mute(shm::kDeviceUid, true);
    run(1);
    EXPECT_EQ(before_, 0);
}

TEST_F(Volume, GoingOverToAnotherOutputIsNeverLouderThanThatOutputWas) {
    play();
    set_volume(shm::kDeviceUid, 0.3F);  // by the engine
    run(1);
    const double quiet = gain();
    plug(headphones());
    choose(kHeadphones);
    run(2);
    EXPECT_NEAR(volume_of(kHeadphones), 0.4, 1e-4) << "as it was before Gecko played on it";
    EXPECT_NEAR(volume_of(shm::kDeviceUid), 0.4, 1e-4);
    EXPECT_EQ(gain(), 1);
    // Back: the engine does it again, from the first frame, with the value that it was left with.
    watch(kSpeakers);
    choose(kSpeakers);
    run(1);
    EXPECT_LT(loudest(), 0.5);
    EXPECT_NEAR(gain(), quiet, 1e-4);
    EXPECT_NEAR(volume_of(kHeadphones), 0.4, 1e-4) << "nobody touches it any more";
}

}  // namespace
}  // namespace gecko::following
