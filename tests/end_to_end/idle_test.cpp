// The output sleeps while there is nothing to hear, and wakes up with the first frame of what is. Processes started by hand.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <csignal>

#include "audio_files.hpp"
#include "house.hpp"
#include "tools/measure/time_lines.hpp"

namespace gecko::testing {
namespace {

/// The frame of `heard` at which all of `part` begins, sample for sample; -1 if nowhere.
std::ptrdiff_t find(const std::vector<float>& heard, const std::vector<float>& part) {
    const auto at = std::search(heard.begin(), heard.end(), part.begin(), part.end());
    return at == heard.end() ? -1 : (at - heard.begin()) / 2;
}

TEST(Idle, AfterTenSecondsOfSilenceTheOutputSleepsAndTheNextSoundIsHeardFromItsFirstFrame) {
    const Scratch scratch;
    const Command::Environment house{{"MINIHAL_RUN_DIR", (scratch / "run").string()}};
    const Audio first = broadband(11, 48'000, 2, 1.0);
    const Audio second = broadband(12, 48'000, 2, 1.0);
    Audio song = first;
    song.samples.resize(song.samples.size() + 2 * 48'000 * 12, 0.0f);
    song.samples.insert(song.samples.end(), second.samples.begin(), second.samples.end());
    write_audio(scratch / "song.wav", song, SF_FORMAT_WAV | SF_FORMAT_FLOAT);

    fs::create_directory(scratch / "recorded");
    Command server(
        {program("minihald"), "--plugins", kHal.string(), "--record-dir", (scratch / "recorded").string()},
        house);
    ASSERT_TRUE(server.wait_for("ready"));
    Command gecko({program("gecko"), "run"}, house);
    ASSERT_TRUE(gecko.wait_for("ready: play into Gecko Sink"));
    Command player({program("gecko-play"), (scratch / "song.wav").string()}, house);
    EXPECT_TRUE(gecko.wait_for("asleep until something is played into Gecko Sink"));
    EXPECT_TRUE(gecko.wait_for("playing -> Simulated Speakers"));  // again, by itself
    EXPECT_EQ(player.finish().exit_code, 0);
    gecko.signal(SIGINT);
    EXPECT_EQ(gecko.finish().exit_code, 0);
    server.signal(SIGTERM);
    server.finish();

    const auto lines = measure::read_time_lines(scratch / "recorded");
    ASSERT_TRUE(lines) << lines.error();
    std::vector<std::vector<float>> speakers;
    for (const auto& line : *lines) {
        if (line.device == "Simulated Speakers") speakers.push_back(read_audio(line.path).samples);
    }
    ASSERT_EQ(speakers.size(), 2u) << "the output stopped once";
    EXPECT_GE(find(speakers[0], first.samples), 0);
    EXPECT_GE(find(speakers[1], second.samples), 0);
}

}  // namespace
}  // namespace gecko::testing
