// `gecko run --record`: the file is what the speakers were handed, whatever happens. Programs started by hand.
#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <span>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

constexpr std::size_t kBuffer = std::size_t{2} * 512;  // samples that the speakers ask for at once

class Recording : public ByHand {
  protected:
    void start_recording(const std::vector<std::string>& more = {}) {
        std::vector<std::string> options{"--record", file_of(1)};
        options.insert(options.end(), more.begin(), more.end());
        start_gecko(options);
        ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    }
    void play(const Audio& song) {
        write_audio(file_, song, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
        start_player();
        EXPECT_EQ(player_->finish().exit_code, 0);
        player_.reset();
    }
    [[nodiscard]] std::string file_of(int number) const {
        return (scratch_ / (number == 1 ? "gecko's.wav" : "gecko's-2.wav")).string();
    }
    /// What the speakers recorded, all time lines one after the other.
    [[nodiscard]] std::vector<float> speakers() const {
        std::vector<float> all;
        for (const Line& line : heard())
            all.insert(all.end(), line.audio.samples.begin(), line.audio.samples.end());
        return all;
    }
    /// Whether a recording is these lines one after the other. When an output stops a buffer may be due that nobody is
    /// asked for any more: the speakers record silence, at most one buffer a line.
    static bool is_made_of(std::span<const float> recording, std::span<const Line> lines) {
        if (lines.empty()) return recording.empty();
        const std::span<const float> line = lines.front().audio.samples;
        const auto begins_with = [&](std::span<const float> samples) {
            return samples.size() <= recording.size() &&
                   std::ranges::equal(samples, recording.first(samples.size())) &&
                   is_made_of(recording.subspan(samples.size()), lines.subspan(1));
        };
        if (begins_with(line)) return true;
        if (line.size() < kBuffer) return false;
        const auto last = line.last(kBuffer);
        return std::ranges::count(last, 0.0F) == std::ssize(last) &&
               begins_with(line.first(line.size() - kBuffer));
    }
    static bool holds(const std::vector<float>& recording, const Audio& song) {
        return !std::ranges::search(recording, song.samples).empty();
    }
    static void expect_refused(const std::string& file, const std::string& why,
                               const Command::Environment& house) {
        const Outcome outcome = run({program("gecko"), "run", "--record", file}, house);
        EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
        EXPECT_NE(outcome.err.find("cannot record to " + file + ": " + why), std::string::npos)
            << outcome.err;
    }
};

TEST_F(Recording, IsWhatTheSpeakersGotBitForBitAndASleepOfTheOutputTakesNoTimeInIt) {
    const Audio first = broadband(21, 48'000, 2, 1.0);
    const Audio second = broadband(22, 48'000, 2, 1.0);
    Audio song = first;
    song.samples.resize(song.samples.size() + std::size_t{2} * 48'000 * 12, 0.0f);
    song.samples.insert(song.samples.end(), second.samples.begin(), second.samples.end());
    start_server();
    start_recording();
    play(song);
    end_all();

    const Audio recording = read_audio(file_of(1));
    EXPECT_EQ(recording.rate, 48'000);
    EXPECT_EQ(recording.channels, 2);
    EXPECT_EQ(heard().size(), 2u) << "the output slept once";
    EXPECT_TRUE(holds(recording.samples, first));
    EXPECT_TRUE(holds(recording.samples, second));
    EXPECT_TRUE(recording.samples == speakers())
        << recording.samples.size() << " samples, the speakers got " << speakers().size();
}

TEST_F(Recording, GoesOnInAnotherFileWhereTheOutputsRateChanges) {
    start_server();
    start_recording();
    play(broadband(23, 44'100, 2, 0.5));  // changes the rate, and is not heard meanwhile
    ASSERT_TRUE(gecko_->wait_for("Simulated Speakers at 44.1 kHz"));
    const Audio song = broadband(25, 44'100, 2, 1.0);
    play(song);
    EXPECT_TRUE(
        gecko_->said("the output went from 48 kHz to 44.1 kHz: the recording goes on in " + file_of(2)));
    end_all();

    const Audio before = read_audio(file_of(1));
    const Audio after = read_audio(file_of(2));
    EXPECT_EQ(before.rate, 48'000);
    EXPECT_EQ(after.rate, 44'100);
    EXPECT_TRUE(holds(after.samples, song));
    std::vector<float> both = before.samples;
    both.insert(both.end(), after.samples.begin(), after.samples.end());
    EXPECT_TRUE(is_made_of(both, heard()))
        << both.size() << " samples, the speakers got " << speakers().size();
}

TEST_F(Recording, IsReadableWhenGeckoIsKilled) {
    start_server();
    start_recording();
    start_player();
    ASSERT_TRUE(hears_the_song(3 * 48'000));
    kill_it(gecko_);
    gecko_.reset();
    end_all();

    const Line line{.file = file_of(1), .audio = read_audio(file_of(1))};
    const auto stretches = finder_.find({line});
    ASSERT_EQ(stretches.size(), 1u);
    EXPECT_EQ(stretches[0].song, 0u);
    EXPECT_GT(stretches[0].frames, 48'000u);
}

TEST_F(Recording, IsSaidInTheStatus) {
    start_server();
    start_gecko({"--json", "--record", file_of(1)});
    EXPECT_TRUE(
        gecko_->wait_for("\"recording\":{\"failed\":false,\"file\":\"" + file_of(1) + "\",\"frames\":"));
    end_all();
}

#ifdef __linux__  // which lets a running program's limits be changed
TEST_F(Recording, EndsWhereTheDiskIsFullAndWhatIsPlayedIsHeardAllTheSame) {
    start_server();
    start_recording();
    const rlimit little{.rlim_cur = 200'000, .rlim_max = 200'000};  // bytes that its files may grow to
    ASSERT_EQ(::prlimit(gecko_->pid(), RLIMIT_FSIZE, &little, nullptr), 0);
    const Audio song = broadband(24, 48'000, 2, 2.0);
    play(song);
    EXPECT_TRUE(gecko_->said("cannot go on recording to " + file_of(1) + ": "));
    EXPECT_TRUE(gecko_->said("audio goes on, unrecorded"));
    gecko_->signal(SIGTERM);
    EXPECT_EQ(gecko_->finish().exit_code, 3);
    gecko_.reset();
    end_all();
    EXPECT_TRUE(holds(speakers(), song));
    EXPECT_GT(read_audio(file_of(1)).frames(), 10'000u);
}
#endif

TEST_F(Recording, ToWhatCannotBeWrittenIsRefusedBeforeAnythingPlays) {
    const auto refused = [&](const fs::path& file, const char* why) {
        SCOPED_TRACE(file);
        expect_refused(file.string(), why, environment());
    };
    refused(scratch_.path(), "it is a folder");
    refused(scratch_ / "no such folder" / "a.wav", std::strerror(ENOENT));
    refused(scratch_ / "song.flac", "recordings are WAV files");
    ASSERT_EQ(::mkfifo((scratch_ / "pipe.wav").c_str(), 0600), 0);
    refused(scratch_ / "pipe.wav", std::strerror(ENXIO));
    EXPECT_FALSE(fs::exists(scratch_ / "song.flac"));
}

TEST_F(Recording, LeavesWhatIsThereAloneUntilThereIsSomethingToRecord) {
    std::ofstream(file_of(1)) << "an older recording";
    for (const int number : {1, 2}) {  // one that is there, and one that is not
        const Outcome outcome = run({program("gecko"), "run", "--record", file_of(number)}, environment());
        EXPECT_EQ(outcome.exit_code, 2) << outcome.out;  // no audio server
    }
    std::ifstream file(file_of(1));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "an older recording");
    EXPECT_FALSE(fs::exists(file_of(2)));
}

}  // namespace
}  // namespace gecko::testing
