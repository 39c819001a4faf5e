// Playing under the virtual clock.
#include "tests/minihal/virtual/virtual_fixture.hpp"

namespace minihal_test {
namespace {

using VirtualPlaying = VirtualHalTest;

TEST_F(VirtualPlaying, EveryFrameArrivesAtItsSampleTime) {
    const auto device = device_with_uid(kSpeakersUid);
    Player player(device, 7, 48'000);
    ASSERT_EQ(player.start(), 0);
    run(2.0);
    ASSERT_EQ(player.stop(), 0);
    EXPECT_GE(player.position(), 48'000U);
    const auto& output = heard(kSpeakersUid);
    EXPECT_EQ(output.time_lines, 1U);
    for (int64_t frame = 0; frame < 48'000; ++frame) {
        for (uint32_t channel = 0; channel < 2; ++channel) {
            ASSERT_EQ(output.sample(player.first_sample_time() + frame, channel),
                      noise(7, static_cast<uint64_t>(frame) * 2 + channel))
                << "frame " << frame;
        }
    }
}

TEST_F(VirtualPlaying, NothingPlaysOnceItIsStopped) {
    const auto device = device_with_uid(kSpeakersUid);
    Player player(device, 7, 48'000);
    ASSERT_EQ(player.start(), 0);
    run(0.1);
    ASSERT_EQ(player.stop(), 0);
    const auto position = player.position();
    run(0.1);
    EXPECT_EQ(player.position(), position);
    EXPECT_EQ(hal().next_due(), UINT64_MAX);
}

TEST_F(VirtualPlaying, TwoProcessesAreMixed) {
    const auto device = device_with_uid(kSpeakersUid);
    Player one(device, 1, 96'000);
    hal().set_caller(kSecond, "test.second");
    Player two(device, 2, 96'000);
    ASSERT_EQ(two.start(), 0);
    run(0.2);
    hal().set_caller(kFirst, "test.first");
    ASSERT_EQ(one.start(), 0);
    run(0.5);
    const auto& output = heard(kSpeakersUid);
    const auto both = one.first_sample_time();
    for (int64_t frame = 0; frame < 4'800; ++frame) {
        const auto first = noise(1, static_cast<uint64_t>(frame) * 2);
        const auto second = noise(2, static_cast<uint64_t>(both - two.first_sample_time() + frame) * 2);
        ASSERT_EQ(output.sample(both + frame, 0), first + second) << "frame " << frame;
    }
}

// What belongs to a process goes with it, and the others play on.
TEST_F(VirtualPlaying, AProcessThatIsKilledTakesItsIoProcsWithIt) {
    const auto device = device_with_uid(kSpeakersUid);
    Player one(device, 1, 96'000);
    const Told told(device, at(kAudioDevicePropertyDeviceIsRunningSomewhere));
    ASSERT_EQ(one.start(), 0);
    hal().set_caller(kSecond, "test.second");
    Player two(device, 2, 96'000);
    ASSERT_EQ(two.start(), 0);
    run(0.1);
    hal().kill_process(kFirst);
    const auto position = one.position();
    run(0.1);
    EXPECT_EQ(one.position(), position);
    EXPECT_GT(two.position(), position);
    EXPECT_EQ(told.count(), 1);
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyDeviceIsRunningSomewhere)), 1U);
    hal().kill_process(kSecond);
    EXPECT_EQ(get<UInt32>(device, at(kAudioDevicePropertyDeviceIsRunningSomewhere)), 0U);
}

TEST_F(VirtualPlaying, AnIoProcStopsItselfBehindItsCycle) {
    const auto device = device_with_uid(kSpeakersUid);
    Player player(device, 7, 96'000);
    player.each_cycle([&](const AudioTimeStamp&, const AudioTimeStamp&) {
        if (player.position() > 4'000) player.stop();
    });
    ASSERT_EQ(player.start(), 0);
    run(1.0);
    const auto last = static_cast<int64_t>(player.position()) - 1;
    EXPECT_LT(last, 4'800);
    EXPECT_EQ(heard(kSpeakersUid).sample(player.first_sample_time() + last, 1),
              noise(7, static_cast<uint64_t>(last) * 2 + 1));
}

TEST_F(VirtualPlaying, CyclesThatRunLateLoseNothing) {
    set_lateness(24'000'000 / 1000 * 40);  // several cycles
    const auto device = device_with_uid(kSpeakersUid);
    Player player(device, 7, 48'000);
    ASSERT_EQ(player.start(), 0);
    run(2.0);
    const auto& output = heard(kSpeakersUid);
    EXPECT_EQ(output.time_lines, 1U);
    for (int64_t frame = 0; frame < 48'000; ++frame) {
        ASSERT_EQ(output.sample(player.first_sample_time() + frame, 0),
                  noise(7, static_cast<uint64_t>(frame) * 2));
    }
}

TEST_F(VirtualPlaying, AnotherBufferSizeHoldsFromTheNextCycleOn) {
    const auto device = device_with_uid(kSpeakersUid);
    Player player(device, 7, 48'000);
    ASSERT_EQ(player.start(), 0);
    run(0.5);
    ASSERT_EQ(set(device, at(kAudioDevicePropertyBufferFrameSize), UInt32{128}), 0);
    run(0.5);
    EXPECT_EQ(heard(kSpeakersUid).cycles_by_time.rbegin()->second.size(), 256U);
}

TEST_F(VirtualPlaying, TheMachineSleepsAndTheDeviceBeginsAnew) {
    const auto device = device_with_uid(kSpeakersUid);
    Player player(device, 7, 480'000);
    ASSERT_EQ(player.start(), 0);
    const Told running(device, at(kAudioDevicePropertyDeviceIsRunning));
    run(0.5);
    const auto told = running.count();
    hal().sleep();
    run(0.5);
    EXPECT_EQ(heard(kSpeakersUid).time_lines, 2U);
    EXPECT_EQ(running.count(), told);
    EXPECT_GT(player.position(), 45'000U);
}

}  // namespace
}  // namespace minihal_test
