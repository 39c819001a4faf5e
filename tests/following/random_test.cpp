// A thousand evenings of people who plug, unplug, choose, turn, sleep and crash, each from a seed.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "platform/coreaudio/hal.hpp"
#include "platform/coreaudio/hardware.hpp"
#include "scene.hpp"
#include "shm/attach.hpp"
#include "tests/simulation/sanitizer.hpp"

namespace gecko::following {
namespace {

constexpr std::uint32_t kBatches = simulation::kSanitized ? 1 : 10;
constexpr std::uint32_t kSeedsInABatch = simulation::kSanitized ? 20 : 100;
constexpr int kEvents = 12;
constexpr double kBack = 0.5;   // seconds until the sound is back
constexpr double kRetry = 0.1;  // seconds on top for each refusal of a busy device
constexpr double kGap = 1.2;    // seconds between two events, at most
constexpr double kSettling =
    4;  // seconds until all is as it should be, the driver's noticing of a dead app included
constexpr double kStep = 0.25;  // seconds between two looks whether it is

class Evening : public Scene {
  public:
    explicit Evening(std::uint32_t seed) : random_(seed) {}
    void go();

  private:
    void TestBody() override {}  // many of them are one test

    [[nodiscard]] double between(double low, double high) {
        return std::uniform_real_distribution(low, high)(random_);
    }
    template <class T, std::size_t kSize>
    const T& one_of(const std::array<T, kSize>& of) {
        return of[std::uniform_int_distribution<std::size_t>(0, kSize - 1)(random_)];
    }
    [[nodiscard]] static bool is_there(const std::string& uid) {
        return VirtualMac::device(uid) != kAudioObjectUnknown;
    }
    std::string some_device() {
        static const std::array<std::string, 3> kAll{kSpeakers, kUsb, kHeadphones};
        return one_of(kAll);
    }

    void plug_or_unplug() {
        const std::string uid = uid_of_one_that_can_go();
        if (is_there(uid)) return unplug(uid);
        auto device = uid == kUsb ? usb_interface() : headphones();
        device.ppm = between(-300, 300);
        device.takes_default = between(0, 1) < 0.5;
        plug(device);
    }
    std::string uid_of_one_that_can_go() { return between(0, 1) < 0.5 ? kUsb : kHeadphones; }
    void choose_one() {
        if (const auto uid = some_device(); is_there(uid)) choose(uid);
    }
    void change_a_rate() {
        static const std::array<double, 5> kRates{16'000, 44'100, 48'000, 96'000, 192'000};
        const std::string uid = between(0, 1) < 0.3 ? shm::kDeviceUid : some_device();
        const double rate = one_of(kRates);
        // A device may have not this one, and says so.
        if (is_there(uid)) (void)platform::coreaudio::request_rate(VirtualMac::device(uid), rate);
    }
    void stick_one() {
        (void)stick(app_->connection().output_uid);  // refused by one that does not run
    }
    void busy_one() {
        if (const auto uid = some_device(); is_there(uid)) busy(uid, kAudioHardwareNotReadyError, 1);
        ++refusals_;
    }
    // Never down to 0: what is heard is to be heard. How loud it is, the ears know.
    void turn_a_knob() {
        if (is_there(kHeadphones)) set_volume_at(kHeadphones, between(0.1, 1));
    }
    void press_a_volume_key() {
        run(kBack + refusals_ * kRetry);  // what it is pressed for is heard
        const auto volume = static_cast<Float32>(between(0.1, 1));
        set_volume(shm::kDeviceUid, volume);
        run(0.3);
        EXPECT_NEAR(volume_of(shm::kDeviceUid), volume, 1e-3);
        if (app_->connection().output_uid == kHeadphones) {
            EXPECT_NEAR(volume_of(kHeadphones), volume, 0.5 / 15 + 1e-3);
        }
    }
    void press_the_mute_key() {
        run(kBack + refusals_ * kRetry);
        set_mute(shm::kDeviceUid, true);
        run(0.3);
        EXPECT_TRUE(muted(shm::kDeviceUid));
        set_mute(shm::kDeviceUid, false);
        run(0.1);
        EXPECT_FALSE(muted(shm::kDeviceUid));
    }
    void somebody_contests() {
        const std::string uid = some_device();
        if (!is_there(uid)) return;
        // What is the default behind a restart of the audio server nobody has chosen yet.
        run(std::max(0.0, server_back_ + 2.1 - mac_.seconds()));
        for (int time = 0; time < 3; ++time) {
            run(kBack + refusals_ * kRetry);
            choose(uid);
        }
        run(kBack);
        EXPECT_TRUE(app_->connection().notice);
        EXPECT_EQ(default_uid(), uid);
        choose(shm::kDeviceUid);
    }
    void an_aggregate_appears() {
        minihal::hardware::DeviceOptions aggregate;
        aggregate.uid = "Aggregate_UID";
        aggregate.transport = {kAudioDeviceTransportTypeAggregate};
        aggregate.sub_devices = {kSpeakers, shm::kDeviceUid};
        plug(aggregate);
        choose(aggregate.uid);
        run(kBack);
        EXPECT_NE(app_->connection().output_uid, aggregate.uid);
        unplug(aggregate.uid);
    }
    void sleep() {
        if (is_there(kUsb) && between(0, 1) < 0.5) {
            constexpr double kReturn = 0.3;
            mac_.hal().sleep({{.uid = kUsb, .seconds = between(0.01, kReturn)}});
            run(kReturn);
        } else {
            mac_.hal().sleep();
        }
    }
    void server_dies() {
        mac_.hal().stop_server();
        run(between(0.05, 1.0));
        mac_.hal().start_server();
        server_back_ = mac_.seconds();
        run(0.3);
        start_player();
    }
    void gecko_dies() {
        app_->kill();
        app_->guard();
        EXPECT_NE(default_uid(), shm::kDeviceUid);
        run(between(0.1, 4.0));
        start_gecko();
        run(3);  // until the driver has noticed
    }
    void gecko_quits() {
        app_->quit();
        EXPECT_NE(default_uid(), shm::kDeviceUid);
        start_gecko();
    }
    void somebody_else_sits_down() {
        sit_down(::getuid() + 1);
        run(1.1);
        EXPECT_NE(default_uid(), shm::kDeviceUid);
        sit_down(::getuid());
        run(1.1);
    }
    void player_pauses() {
        player_->rest(true);
        run(between(0.1, 12));
        player_->rest(false);
    }

    struct Happening {
        const char* what;
        void (Evening::*event)();
    };
    static constexpr std::array<Happening, 21> kHappenings{
        {{"plug or unplug", &Evening::plug_or_unplug},
         {"plug or unplug", &Evening::plug_or_unplug},
         {"plug or unplug", &Evening::plug_or_unplug},
         {"choose one", &Evening::choose_one},
         {"choose one", &Evening::choose_one},
         {"choose one", &Evening::choose_one},
         {"change a rate", &Evening::change_a_rate},
         {"change a rate", &Evening::change_a_rate},
         {"stick one", &Evening::stick_one},
         {"busy one", &Evening::busy_one},
         {"turn a knob", &Evening::turn_a_knob},
         {"press a volume key", &Evening::press_a_volume_key},
         {"press the mute key", &Evening::press_the_mute_key},
         {"somebody contests", &Evening::somebody_contests},
         {"an aggregate appears", &Evening::an_aggregate_appears},
         {"sleep", &Evening::sleep},
         {"server dies", &Evening::server_dies},
         {"gecko dies", &Evening::gecko_dies},
         {"gecko quits", &Evening::gecko_quits},
         {"player pauses", &Evening::player_pauses},
         {"somebody else sits down", &Evening::somebody_else_sits_down}}};

    void expect_heard() {
        EXPECT_GT(ears_.last_heard() + simulation::ticks_of(0.05), simulation::now())
            << "not back within half a second at " << mac_.seconds() << " s; "
            << (app_->connection().problem ? app_->connection().problem->message() : "no problem") << "\n"
            << happened_;
    }
    [[nodiscard]] bool settled() const {
        const platform::Connection connection = app_->connection();
        return connection.running && (connection.is_default || connection.notice);
    }
    void expect_settled() {
        if (!app_->connection().notice) {
            EXPECT_EQ(default_uid(), shm::kDeviceUid);
        }
        EXPECT_TRUE(app_->connection().running)
            << (app_->connection().problem ? app_->connection().problem->message() : "");
        EXPECT_EQ(ears_.complaints(), std::vector<std::string>());
        ASSERT_FALSE(ears_.stretches().empty());
        EXPECT_GT(ears_.last_heard() + simulation::ticks_of(0.1), simulation::now()) << "nothing is heard";
        EXPECT_EQ(now_heard().uid, app_->connection().output_uid);
        EXPECT_EQ(rate_of(now_heard().uid), rate_of(shm::kDeviceUid));
        EXPECT_NEAR(latency_of(shm::kDeviceUid),
                    now_heard().latency * now_heard().rate + latency_of(now_heard().uid),
                    0.004 * now_heard().rate);
        EXPECT_LE(inputs_opened(kHeadphones), 0);
    }

    std::mt19937 random_;
    std::string happened_;
    double server_back_ = -10;  // when, by mac_.seconds()
    int refusals_ = 0;          // that devices may still have in store
};

void Evening::go() {
    play();
    for (int i = 0; i < kEvents && !HasFatalFailure(); ++i) {
        const Happening& happening = one_of(kHappenings);
        happened_ += std::to_string(mac_.seconds()) + " s: " + happening.what + "\n";
        (this->*happening.event)();
        if (between(0, 1) < 0.5) {
            run(between(0, kBack));  // the next comes while this one is still being followed
            continue;
        }
        run(kBack + refusals_ * kRetry);
        expect_heard();
        run(between(0, kGap));
    }
    for (double waited = 0; waited < kSettling && !settled(); waited += kStep) run(kStep);
    // Behind a rest that it slept through the output is as late as it took to start, until the next digital silence.
    player_->rest(true);
    run(2);
    player_->rest(false);
    run(1);
    expect_settled();
    app_->quit();
    EXPECT_NE(default_uid(), shm::kDeviceUid);
    EXPECT_FALSE(std::filesystem::exists(state_folder_ / "default-output"));
}

class RandomEvents : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomEvents, AreFollowedAndTheSoundIsBackBehindThem) {
    for (std::uint32_t i = 0; i < kSeedsInABatch && !HasFailure(); ++i) {
        const std::uint32_t seed = GetParam() * kSeedsInABatch + i;
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Evening(seed).go();
    }
}

INSTANTIATE_TEST_SUITE_P(Hundreds, RandomEvents, ::testing::Range(0U, kBatches));

}  // namespace
}  // namespace gecko::following
