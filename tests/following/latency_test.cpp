// What Gecko Sink says of its latency, and what it is.
#include "scene.hpp"
#include "shm/attach.hpp"

namespace gecko::following {
namespace {

class Latency : public Scene {
  protected:
    /// Frames from Gecko Sink's time stamp of a frame to its leaving the output, the output's own latency included.
    [[nodiscard]] double measured(const char* uid) const {
        return now_heard().latency * now_heard().rate + latency_of(uid);
    }
    void expect_said(const char* uid) const {
        EXPECT_EQ(now_heard().uid, uid);
        EXPECT_NEAR(latency_of(shm::kDeviceUid), measured(uid), 2);
    }
};

TEST_F(Latency, IsSaidAsItIsForEveryOutputRateAndMode) {
    plug(usb_interface());
    for (const auto mode :
         {engine::LatencyMode::low, engine::LatencyMode::normal, engine::LatencyMode::safe}) {
        SCOPED_TRACE(static_cast<int>(mode));
        platform::PathOptions options;
        options.latency = mode;
        choose(kSpeakers);
        start_gecko(options);
        run(0.5);
        start_player();
        run(1);
        expect_said(kSpeakers);
        choose(kUsb);
        run(1);
        expect_said(kUsb);
        set_rate_at(kUsb, 96'000);
        run(1);
        expect_said(kUsb);
        set_rate_at(kUsb, 48'000);
        run(1);
        expect_all_right();
        app_.reset();
    }
}

TEST_F(Latency, IsLessInTheLowModeAndMoreInTheSafeOne) {
    double before = 0;
    for (const auto mode :
         {engine::LatencyMode::low, engine::LatencyMode::normal, engine::LatencyMode::safe}) {
        platform::PathOptions options;
        options.latency = mode;
        start_gecko(options);
        run(0.5);
        start_player();
        run(1);
        EXPECT_GT(now_heard().latency, before + 0.0009);
        before = now_heard().latency;
        app_.reset();
    }
}

TEST_F(Latency, BehindARestFromWhichTheOutputWakesSlowlyIsWhatItWasAfterTwoSeconds) {
    play();
    const double before = now_heard().latency;
    player_->rest(true);
    run(15);
    ASSERT_TRUE(app_->connection().asleep);
    busy(kSpeakers, kAudioHardwareNotReadyError, 7);
    const std::uint64_t first = player_->frame();
    player_->rest(false);
    run(1.8);
    EXPECT_GT(now_heard().latency, before + 0.5) << "all of a short sound is heard";
    EXPECT_LE(now_heard().first, first + 1000);
    run(3);
    EXPECT_NEAR(now_heard().latency, before, 0.0015);
    EXPECT_TRUE(now_heard().faded_in);
    expect_all_right();
}

TEST_F(Latency, DoesNotChangeWhileNeitherOutputNorRateDo) {
    play();
    const UInt32 said = latency_of(shm::kDeviceUid);
    EXPECT_GT(said, 0u);
    for (int i = 0; i < 5; ++i) {
        player_->stop();
        run(0.4);
        mac_.hal().sleep();
        start_player();
        run(3);
        EXPECT_EQ(latency_of(shm::kDeviceUid), said);
    }
    expect_all_right();
}

}  // namespace
}  // namespace gecko::following
