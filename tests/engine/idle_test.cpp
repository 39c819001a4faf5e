// The output stops when there is nothing to hear and comes back with the first frame of what is.
#include <gtest/gtest.h>

#include "engine/idle_watch.hpp"
#include "engine/sound_search.hpp"
#include "rig.hpp"

namespace gecko::engine::testing {
namespace {

using Look = IdleWatch::Look;

TEST(IdleWatch, TenSecondsAfterTheLastApplicationStopsTheOutputStopsAndNobodyLooksAnyMore) {
    IdleWatch watch;
    EXPECT_TRUE(watch.look({.now = 100, .playing = true, .audible = true}).run);
    EXPECT_TRUE(watch.look({.now = 200, .playing = false, .audible = true}).run);
    EXPECT_TRUE(watch.look({.now = 209.9, .playing = false, .audible = false}).run);
    const auto verdict = watch.look({.now = 210, .playing = false, .audible = false});
    EXPECT_FALSE(verdict.run);
    EXPECT_FALSE(verdict.listen);
    const auto started = watch.look({.now = 5'000, .playing = true, .audible = false});
    EXPECT_TRUE(started.run);
    EXPECT_FALSE(started.listen);
}

TEST(IdleWatch, AnApplicationThatPlaysDigitalSilenceIsListenedToEvery20Milliseconds) {
    IdleWatch watch;
    EXPECT_TRUE(watch.look({.now = 0, .playing = true, .audible = false}).run);
    EXPECT_TRUE(watch.look({.now = 9, .playing = true, .audible = false}).run);
    const auto silent = watch.look({.now = 10, .playing = true, .audible = false});
    EXPECT_FALSE(silent.run);
    EXPECT_TRUE(silent.listen);
    EXPECT_EQ(IdleWatch::kListeningPeriod, 0.02);
    EXPECT_TRUE(watch.look({.now = 11, .playing = true, .audible = true}).run);
    EXPECT_TRUE(watch.look({.now = 20, .playing = true, .audible = false}).run);  // again ten seconds
    EXPECT_FALSE(watch.look({.now = 21, .playing = true, .audible = false}).run);
}

class Idle : public ::testing::Test {
  protected:
    void SetUp() override {
        rig_.engine.prepare(48'000);
        rig_.engine.attach(rig_.ring.reader);
        rig_.run(4800);
    }
    Rig rig_;
};

TEST_F(Idle, QuietIsCountedFromTheLastFrameWithSound) {
    rig_.start_sink();
    rig_.run(9'600, noise(1, 4'096));
    const auto quiet = rig_.engine.quiet_frames();
    EXPECT_GT(quiet, 0u);
    EXPECT_LT(quiet, 9'600u - 4'096u);
    rig_.run(4'096);
    EXPECT_EQ(rig_.engine.quiet_frames(), quiet + 4'096);
}

TEST_F(Idle, SoundBehindSilenceIsFoundAtItsFirstFrame) {
    rig_.start_sink();
    rig_.run(4'096);
    SoundSearch search(rig_.ring.reader, rig_.engine.read_position());
    EXPECT_FALSE(search.find(rig_.ring.reader));
    rig_.run(20 * Rig::kCycle);
    EXPECT_FALSE(search.find(rig_.ring.reader));
    EXPECT_EQ(search.position(), rig_.ring.reader.state().position);
    std::vector<float> sound(2 * 2 * Rig::kCycle, 0.0f);
    sound[2 * 700 + 1] = 0.25f;  // one sample, in the right channel
    const auto before = rig_.ring.reader.state().position;
    rig_.run(4 * Rig::kCycle, sound);
    EXPECT_EQ(search.find(rig_.ring.reader), before + 700);
    EXPECT_EQ(search.find(rig_.ring.reader), before + 700);
}

TEST_F(Idle, ASearchBehindTheEndOfATimeLineFindsTheNextAndNothingThatWasHeard) {
    rig_.start_sink();
    rig_.run(9'600, noise(7, 9'600));
    rig_.stop_sink();
    rig_.run(9'600);
    const auto end = rig_.ring.reader.state().position;
    ASSERT_GT(rig_.engine.read_position(), end);
    SoundSearch search(rig_.ring.reader, rig_.engine.read_position());
    EXPECT_FALSE(search.find(rig_.ring.reader));
    rig_.start_sink();
    rig_.run(1'024, noise(8, 1'024), true);
    EXPECT_EQ(search.find(rig_.ring.reader), end);
}

TEST_F(Idle, ASearchThatIsARingBehindGoesOnWithWhatThereIs) {
    SoundSearch search(rig_.ring.reader, 0);
    rig_.start_sink();
    rig_.run(4 * (1 << 14), noise(2, 4 * (1 << 14)));
    const auto found = search.find(rig_.ring.reader);
    ASSERT_TRUE(found);
    EXPECT_GE(*found + (1 << 14), rig_.ring.reader.state().position);
}

TEST_F(Idle, AnOutputThatStartsAgainPlaysTheNewSoundFromItsFirstFrameNotFadedIn) {
    rig_.start_sink();
    rig_.run(9'600);
    // The output stands; sound comes, and the output needs 50 ms to run again.
    const auto song = noise(3, 60 * Rig::kCycle);
    const auto first = rig_.ring.reader.state().position;
    rig_.run(2'560, song, true);
    rig_.engine.prepare(48'000);
    rig_.engine.resume_at(first);
    const auto rest = std::vector<float>(song.begin() + 2 * 2'560, song.end());
    auto played = rig_.run(30'720, rest);
    ASSERT_LT(find(played, song), 256u);
    const auto late = rig_.engine.status();
    EXPECT_GT(late.fill_frames, 192 + 2'000);  // what it took to start is behind
    EXPECT_EQ(late.underrun_frames, 0u);
    // The silence behind the song takes it away, and what comes then is whole again.
    rig_.run(48'000);
    EXPECT_NEAR(rig_.engine.status().fill_frames, 192, 1.0);
    const auto next = noise(4, 8 * Rig::kCycle);
    played = rig_.run(12'800, next);
    EXPECT_LT(find(played, next), 1'024u);
    EXPECT_EQ(rig_.engine.status().underrun_frames, 0u);
}

TEST_F(Idle, WhatTheRingNoLongerHasIsNotResumedAtButCounted) {
    rig_.start_sink();
    const auto first = rig_.ring.reader.state().position;
    rig_.run(1 << 15, noise(5, 1 << 15), true);
    rig_.engine.prepare(48'000);
    rig_.engine.resume_at(first);
    rig_.run(4'096, noise(6, 4'096));
    EXPECT_NEAR(rig_.engine.status().fill_frames, 192, 1.0);
    EXPECT_NEAR(static_cast<double>(rig_.engine.status().overtaken_frames), 1 << 15, 1'024);
}

TEST_F(Idle, ARateThatChangesWhileTheOutputSleepsTakesNothingFromTheNextSound) {
    rig_.start_sink();
    rig_.run(4'096, noise(7, 2'048));
    rig_.stop_sink();
    rig_.run(4'800);
    rig_.ring.writer.change_rate(96'000);
    const auto first = rig_.ring.reader.state().position;
    rig_.start_sink();
    const auto song = noise(8, 60 * Rig::kCycle);
    rig_.run(2'560, song, true);
    rig_.engine.prepare(96'000);
    rig_.engine.resume_at(first);
    const auto rest = std::vector<float>(song.begin() + 2 * 2'560, song.end());
    EXPECT_LT(find(rig_.run(30'720, rest), song), 256u);
}

}  // namespace
}  // namespace gecko::engine::testing
