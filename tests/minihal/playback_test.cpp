#include <csignal>

#include "tests/minihal/client_fixture.hpp"
#include "tests/minihal/player.hpp"

namespace {

using namespace minihal_test;

class Playback : public ClientTest {};

void expect_noise(const RecordedLine& line, int64_t from, uint64_t seed, uint64_t frames) {
    for (uint64_t frame = 0; frame < frames; ++frame) {
        for (uint32_t channel = 0; channel < 2; ++channel) {
            ASSERT_EQ(line.sample(from + static_cast<int64_t>(frame), channel),
                      noise(seed, 2 * frame + channel))
                << "frame " << frame;
        }
    }
}

TEST_F(Playback, WhatIsPlayedIsRecordedBitForBit) {
    constexpr uint64_t kFrames = 30000;
    const Player player(device_with_uid(kSpeakersUid), 42, kFrames);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.done(); }));
    EXPECT_EQ(player.stop(), 0);
    const auto lines = recordings();
    ASSERT_EQ(lines.size(), 1U);
    const auto& entry = lines[0].entry;
    EXPECT_EQ(entry.at("device"), "Simulated Speakers");
    EXPECT_EQ(entry.at("uid"), kSpeakersUid);
    EXPECT_EQ(entry.at("file"), "Simulated Speakers.1.wav");
    EXPECT_EQ(entry.at("rate"), 48000);
    EXPECT_EQ(entry.at("channels"), 2);
    EXPECT_EQ(entry.at("buffer_frames"), 512);
    EXPECT_EQ(player.first_sample_time(), lines[0].first_sample_time());
    EXPECT_EQ(lines[0].samples.size(), static_cast<size_t>(lines[0].frames()) * 2);
    expect_noise(lines[0], player.first_sample_time(), 42, kFrames);
}

TEST_F(Playback, EveryStartIsARecordingOfItsOwn) {
    const auto speakers = device_with_uid(kSpeakersUid);
    for (const uint64_t seed : {1U, 2U}) {
        const Player player(speakers, seed, 3000);
        ASSERT_EQ(player.start(), 0);
        ASSERT_TRUE(eventually([&] { return player.done(); }));
        EXPECT_EQ(player.stop(), 0);
    }
    const auto lines = recordings();
    ASSERT_EQ(lines.size(), 2U);
    expect_noise(lines[0], lines[0].first_sample_time(), 1, 3000);
    expect_noise(lines[1], lines[1].first_sample_time(), 2, 3000);
}

TEST_F(Playback, TwoIoProcsOfOneProcessAreSummed) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const Player first(speakers, 1, 20000);
    const Player second(speakers, 2, 5000);
    ASSERT_EQ(first.start(), 0);
    ASSERT_EQ(second.start(), 0);
    ASSERT_TRUE(eventually([&] { return first.done() && second.done(); }));
    EXPECT_EQ(second.stop(), 0);
    EXPECT_EQ(first.stop(), 0);
    const auto line = recordings().at(0);
    for (int64_t frame = 0; frame < 5000; ++frame) {
        const auto time = second.first_sample_time() + frame;
        const auto other = static_cast<uint64_t>(time - first.first_sample_time());
        ASSERT_EQ(line.sample(time, 1),
                  noise(1, 2 * other + 1) + noise(2, 2 * static_cast<uint64_t>(frame) + 1));
    }
}

TEST_F(Playback, TwoProcessesAreMixed) {
    constexpr uint64_t kFrames = 24000;
    const Player own(device_with_uid(kSpeakersUid), 1, 1U << 30);
    ASSERT_EQ(own.start(), 0);
    const auto other = client(kSpeakersUid, 2, kFrames);
    const auto playing = other->read_line();
    ASSERT_TRUE(playing.starts_with("playing ")) << other->errors();
    const auto start = std::stoll(playing.substr(8));
    EXPECT_EQ(other->read_line(), "done");
    EXPECT_EQ(other->wait(), 0);
    EXPECT_EQ(own.stop(), 0);
    const auto line = recordings().at(0);
    for (uint64_t frame = 0; frame < kFrames; ++frame) {
        const auto time = start + static_cast<int64_t>(frame);
        const auto mine = static_cast<uint64_t>(time - own.first_sample_time());
        ASSERT_EQ(line.sample(time, 0), noise(1, 2 * mine) + noise(2, 2 * frame)) << "frame " << frame;
    }
}

TEST_F(Playback, AKilledProcessIsSilentAndTheOtherGoesOn) {
    const Player own(device_with_uid(kSpeakersUid), 1, 1U << 30);
    ASSERT_EQ(own.start(), 0);
    const auto other = client(kSpeakersUid, 2, 1U << 30);
    const auto playing = other->read_line();
    ASSERT_TRUE(playing.starts_with("playing ")) << other->errors();
    const auto start = std::stoll(playing.substr(8));
    ASSERT_TRUE(eventually([&, from = own.position()] { return own.position() > from + 8000; }));
    other->signal(SIGKILL);
    EXPECT_EQ(other->wait(), 128 + SIGKILL);
    ASSERT_TRUE(eventually([&, from = own.position()] { return own.position() > from + 8000; }));
    EXPECT_EQ(own.stop(), 0);
    const auto played = static_cast<int64_t>(own.position());
    const auto line = recordings().at(0);
    bool alive = false;
    bool dead = false;
    for (int64_t frame = 0; frame < played; ++frame) {
        const auto time = own.first_sample_time() + frame;
        const auto mine = noise(1, 2 * static_cast<uint64_t>(frame));
        const auto theirs = time >= start ? noise(2, 2 * static_cast<uint64_t>(time - start)) : 0.0F;
        if (time >= start && !dead && line.sample(time, 0) == mine + theirs) {
            alive = true;
        } else {
            ASSERT_EQ(line.sample(time, 0), mine) << "frame " << frame;
            dead = dead || time >= start;
        }
    }
    EXPECT_TRUE(alive);
    EXPECT_TRUE(dead);
}

TEST_F(Playback, AStalledProcessDelaysTheOthersAndNoFrameIsLost) {
    constexpr uint64_t kFrames = 40000;
    const Player own(device_with_uid(kSpeakersUid), 1, 1U << 30);
    ASSERT_EQ(own.start(), 0);
    const auto other = client(kSpeakersUid, 2, kFrames);
    const auto playing = other->read_line();
    ASSERT_TRUE(playing.starts_with("playing ")) << other->errors();
    const auto start = std::stoll(playing.substr(8));
    other->signal(SIGSTOP);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const auto before = AudioGetCurrentHostTime();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(AudioGetCurrentHostTime(), before) << "the host clock waits for the stalled process";
    other->signal(SIGCONT);
    EXPECT_EQ(other->read_line(), "done");
    EXPECT_EQ(own.stop(), 0);
    const auto played = static_cast<int64_t>(own.position());
    const auto lines = recordings();
    ASSERT_EQ(lines.size(), 1U);
    ASSERT_GE(lines[0].frames(), played);
    for (int64_t frame = 0; frame < played; ++frame) {
        const auto time = own.first_sample_time() + frame;
        const bool both = time >= start && time < start + static_cast<int64_t>(kFrames);
        const auto theirs = both ? noise(2, 2 * static_cast<uint64_t>(time - start)) : 0.0F;
        ASSERT_EQ(lines[0].sample(time, 0), noise(1, 2 * static_cast<uint64_t>(frame)) + theirs)
            << "frame " << frame;
    }
}

TEST_F(Playback, AnIoProcMayStopItselfAndWhatItHasWrittenIsPlayed) {
    const auto speakers = device_with_uid(kSpeakersUid);
    Player player(speakers, 9, 2000);
    player.each_cycle([&](const auto&, const auto&) {
        if (player.done()) {
            EXPECT_EQ(player.stop(), 0);
        }
    });
    ASSERT_EQ(player.start(), 0);
    EXPECT_TRUE(eventually([&] {
        return player.done() && get<UInt32>(speakers, at(kAudioDevicePropertyDeviceIsRunning)) == 0U;
    }));
    const auto line = recordings().at(0);
    expect_noise(line, player.first_sample_time(), 9, 2000);
}

TEST_F(Playback, AnIoProcMayReadAndSetProperties) {
    const auto speakers = device_with_uid(kSpeakersUid);
    Player player(speakers, 9, 4000);
    int asked = 0;
    player.each_cycle([&](const auto&, const auto&) {
        asked += get_text(speakers, at(kAudioObjectPropertyName)) == "Simulated Speakers" ? 1 : 0;
        set(speakers, at(kAudioDevicePropertyNominalSampleRate), Float64{asked % 2 == 0 ? 48000.0 : 44100.0});
    });
    ASSERT_EQ(player.start(), 0);
    EXPECT_TRUE(eventually([&] { return player.done(); }));
    EXPECT_EQ(player.stop(), 0);
    EXPECT_GE(asked, 8);
}

TEST_F(Playback, ADeviceRunsSomewhereWhileAProcessPlays) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const auto address = at(kAudioDevicePropertyDeviceIsRunningSomewhere);
    const Heard heard(speakers, address);
    const auto other = client(kSpeakersUid, 1, 1U << 30);
    ASSERT_TRUE(other->read_line().starts_with("playing "));
    EXPECT_EQ(get<UInt32>(speakers, address), 1U);
    other->signal(SIGKILL);
    EXPECT_TRUE(eventually([&] { return get<UInt32>(speakers, address) == 0U; }));
    EXPECT_TRUE(eventually([&] { return heard.count() == 2; }));
}

TEST_F(Playback, DevicesRunSideBySide) {
    const Player speakers(device_with_uid(kSpeakersUid), 1, 30000);
    const Player streams(device_with_uid(kTwoStreamsUid), 2, 30000);
    ASSERT_EQ(speakers.start(), 0);
    ASSERT_EQ(streams.start(), 0);
    ASSERT_TRUE(eventually([&] { return speakers.done() && streams.done(); }));
    EXPECT_EQ(speakers.stop(), 0);
    EXPECT_EQ(streams.stop(), 0);
    const auto lines = recordings();
    ASSERT_EQ(lines.size(), 2U);
    for (const auto& line : lines) {
        const bool mono_too = line.channels() == 3;
        const auto seed = mono_too ? 2U : 1U;
        for (uint64_t i = 0; i < 30000ULL * line.channels(); ++i) {
            ASSERT_EQ(line.samples.at(i), noise(seed, i)) << line.entry;
        }
    }
}

TEST_F(Playback, ASmallerBufferWhilePlayingLeavesNoGap) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const Player player(speakers, 4, 40000);
    ASSERT_EQ(player.start(), 0);
    ASSERT_TRUE(eventually([&] { return player.position() > 10000; }));
    EXPECT_EQ(set(speakers, at(kAudioDevicePropertyBufferFrameSize), UInt32{100}), 0);
    ASSERT_TRUE(eventually([&] { return player.done(); }));
    EXPECT_EQ(player.stop(), 0);
    const auto lines = recordings();
    ASSERT_EQ(lines.size(), 1U);
    expect_noise(lines[0], player.first_sample_time(), 4, 40000);
}

TEST_F(Playback, StartingAndStoppingAllTheTimeNeverHangs) {
    const auto speakers = device_with_uid(kSpeakersUid);
    // 14 frames: the server is nearly always within a cycle when a stop arrives.
    ASSERT_EQ(set(speakers, at(kAudioDevicePropertyBufferFrameSize), UInt32{14}), 0);
    const Player always(speakers, 1, 1);
    Player stops_itself(speakers, 2, 1U << 30);
    stops_itself.each_cycle([&](const auto&, const auto&) { stops_itself.stop(); });
    const auto other = client(kSpeakersUid, 3, 1U << 30);
    ASSERT_TRUE(other->read_line().starts_with("playing "));
    for (int round = 0; round < 200; ++round) {
        ASSERT_EQ(stops_itself.start(), 0);
        ASSERT_EQ(always.start(), 0);
        if (round % 3 == 0) {
            ASSERT_TRUE(eventually([&, from = always.position()] { return always.position() > from; }));
        }
        ASSERT_EQ(always.stop(), 0);
    }
    const auto played = stops_itself.position();
    EXPECT_GT(played, 0U);
}

TEST_F(Playback, RatesChangeWhileClientsStartAndStop) {
    const auto speakers = device_with_uid(kSpeakersUid);
    const auto rate = at(kAudioDevicePropertyNominalSampleRate);
    const Player player(speakers, 1, 1);
    const auto other = client(kSpeakersUid, 3, 1U << 30);
    ASSERT_TRUE(other->read_line().starts_with("playing "));
    for (int round = 0; round < 100; ++round) {
        ASSERT_EQ(set(speakers, rate, Float64{round % 2 == 0 ? 96000.0 : 44100.0}), 0);
        ASSERT_EQ(player.start(), 0);
        ASSERT_EQ(player.stop(), 0);
    }
    ASSERT_TRUE(eventually([&] { return get<Float64>(speakers, rate) == 44100.0; }));
    ASSERT_EQ(player.start(), 0);
    EXPECT_TRUE(eventually([&] { return player.done(); })) << "it still plays";
    EXPECT_EQ(player.stop(), 0);
    other->signal(SIGKILL);
    EXPECT_TRUE(
        eventually([&] { return get<UInt32>(speakers, at(kAudioDevicePropertyDeviceIsRunning)) == 0U; }));
}

}  // namespace
