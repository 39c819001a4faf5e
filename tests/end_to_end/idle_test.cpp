// The output sleeps while there is nothing to hear, and wakes up with the first frame of what is. Programs started by hand.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

using Idle = ByHand;

TEST_F(Idle, AfterTenSecondsOfSilenceTheOutputSleepsAndTheNextSoundIsHeardFromItsFirstFrame) {
    const Audio first = broadband(11, 48'000, 2, 1.0);
    const Audio second = broadband(12, 48'000, 2, 1.0);
    Audio song = first;
    song.samples.resize(song.samples.size() + 2 * 48'000 * 12, 0.0f);
    song.samples.insert(song.samples.end(), second.samples.begin(), second.samples.end());
    write_audio(file_, song, SF_FORMAT_WAV | SF_FORMAT_FLOAT);

    start_server();
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink"));
    start_player();
    EXPECT_TRUE(gecko_->wait_for("asleep until something is played into Gecko Sink"));
    gecko_->mark();
    EXPECT_TRUE(gecko_->wait_for("playing -> Simulated Speakers"));  // by itself
    EXPECT_EQ(player_->finish().exit_code, 0);
    player_.reset();
    end_all();

    const auto lines = heard();
    ASSERT_EQ(lines.size(), 2u) << "the output stopped once";
    EXPECT_FALSE(std::ranges::search(lines[0].audio.samples, first.samples).empty());
    EXPECT_FALSE(std::ranges::search(lines[1].audio.samples, second.samples).empty());
}

TEST_F(Idle, ASleepingOutputIsWokenByAnApplicationThatStartsAndARateThatChangedMeanwhileCostsNothing) {
    write_audio(scratch_ / "other.wav", broadband(14, 44'100, 2, 0.5), SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    const Audio song = broadband(13, 44'100, 2, 2.0);
    write_audio(file_, song, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    start_server();
    start_gecko();
    ASSERT_TRUE(
        gecko_->wait_for("asleep until something is played into Gecko Sink -> Simulated Speakers at 48 kHz"));
    // Somebody plays past Gecko, and gives the speakers another rate.
    EXPECT_EQ(
        run({program("gecko-play"), "--device", "Simulated Speakers", (scratch_ / "other.wav").string()},
            environment())
            .exit_code,
        0);
    ASSERT_TRUE(gecko_->wait_for(
        "asleep until something is played into Gecko Sink -> Simulated Speakers at 44.1 kHz"));
    start_player();
    EXPECT_EQ(player_->finish().exit_code, 0);
    player_.reset();
    end_all();
    EXPECT_TRUE(std::ranges::any_of(heard(), [&](const Line& line) {
        return !std::ranges::search(line.audio.samples, song.samples).empty();
    }));
}

}  // namespace
}  // namespace gecko::testing
