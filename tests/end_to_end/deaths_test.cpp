// Programs started by hand, and each of them killed while a song plays: the others live and say so, and when the killed one is
// started again the song is heard again. What is asserted is heard in the recordings; how long the gaps were is printed.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

#include "by_hand.hpp"
#include "shm/stale_names.hpp"
#include "tools/measure/time_lines.hpp"

namespace gecko::testing {
namespace {

/// Heard without a break, and bit for bit, before the death and after the return.
constexpr std::size_t kASecond = 48'000;

class Deaths : public ByHand {
  protected:
    void play() {
        start_server();
        start_gecko();
        ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
        start_player();
        ASSERT_TRUE(gecko_->wait_for("playing -> Simulated Speakers at 48 kHz")) << gecko_->finish().out;
        ASSERT_TRUE(hears_the_song());
    }

    /// Waits until something has been played into Gecko Sink, with a gecko or without.
    [[nodiscard]] bool plays() const {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (recorded_lines(scratch_ / "recordings", "Gecko Sink").empty()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return true;
    }
    /// The last stretch before the death and the first one after it, from recordings that are whole.
    struct Gap {
        std::vector<Line> lines;
        Stretch before;
        Stretch after;
    };
    /// `behind` says of a stretch whether it is behind the death. On a machine that is busy the song may be in pieces: short
    /// ones count as not whole.
    Gap gap(const std::function<bool(const Stretch&)>& behind) {
        Gap gap{.lines = heard(), .before = {}, .after = {}};
        for (const Stretch& stretch : finder_.find(gap.lines)) {
            if (stretch.frames < kASecond) continue;
            if (gap.before.frames > 0 && behind(stretch)) {
                gap.after = stretch;
                break;
            }
            gap.before = stretch;
        }
        EXPECT_GE(gap.before.frames, kASecond);
        EXPECT_GE(gap.after.frames, kASecond) << "what came back is not the song";
        return gap;
    }
    /// By the host clock, which all lines share.
    double host_frames_between(const Gap& gap) {
        const auto lines = measure::read_time_lines((scratch_ / "recordings").string());
        if (!lines) return std::nan("");
        const auto time_of = [&](std::size_t line, std::size_t frame) {
            for (const auto& entry : *lines) {
                if (fs::path(entry.path).filename() == gap.lines[line].file.filename())
                    return entry.host_time_ns(static_cast<std::int64_t>(frame));
            }
            return std::nan("");
        };
        return (time_of(gap.after.line, gap.after.at) - time_of(gap.before.line, gap.before.end())) * 48e-6;
    }
};

TEST_F(Deaths, WhenTheAudioServerIsKilledTheOthersSaySoAndTheSongGoesOnWhereItWasWhenItIsBack) {
    play();
    gecko_->mark();
    kill_it(server_);
    EXPECT_TRUE(player_->wait_for("gecko-play: The audio server is gone; waiting")) << player_->finish().out;
    EXPECT_TRUE(gecko_->wait_for("waiting: The audio server is not running")) << gecko_->finish().out;
    const std::size_t lines_before = heard().size();
    start_server();
    EXPECT_TRUE(player_->wait_for("The audio server is back; going on at 0:")) << player_->finish().out;
    EXPECT_TRUE(gecko_->wait_for("playing -> Simulated Speakers at 48 kHz")) << gecko_->finish().out;
    EXPECT_TRUE(hears_the_song());
    end_all();

    const Gap gap = this->gap([&](const Stretch& stretch) { return stretch.line >= lines_before; });
    EXPECT_EQ(gap.before.line, lines_before - 1);
    // Where it was: what the speakers had played already is not played again, but for the player's buffer.
    EXPECT_GT(gap.after.song + 2048, gap.before.song_end());
    const Line& last = gap.lines[gap.before.line];
    const Line& next = gap.lines[gap.after.line];
    std::printf(
        "silence when minihald was killed: %zu frames before its end, %zu after its return (of %zu before "
        "the song is "
        "whole again); %lld frames of the song were not heard\n",
        silent_frames(last, gap.before.end(), last.audio.frames()), silent_frames(next, 0, gap.after.at),
        gap.after.at, static_cast<long long>(gap.after.song) - static_cast<long long>(gap.before.song_end()));
}

TEST_F(Deaths, ASongOfAnotherRateGoesOnAtItsOwnRateWhenTheServerIsBack) {
    rate_ = 44'100;
    start_server();
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    start_player();
    ASSERT_TRUE(hears_the_song());
    kill_it(server_);
    ASSERT_TRUE(player_->wait_for("The audio server is gone; waiting")) << player_->finish().out;
    gecko_->mark();
    start_server();  // with its own rates
    EXPECT_TRUE(gecko_->wait_for("playing -> Simulated Speakers at 44.1 kHz")) << gecko_->finish().out;
    EXPECT_TRUE(hears_the_song());
    end_all();
}

TEST_F(Deaths, APlayerThatWaitsForItsServerCanBeInterrupted) {
    start_server();
    start_player();
    ASSERT_TRUE(plays());
    kill_it(server_);
    ASSERT_TRUE(player_->wait_for("The audio server is gone; waiting")) << player_->finish().out;
    player_->signal(SIGINT);
    EXPECT_EQ(player_->finish().exit_code, 130);
    player_.reset();
}

TEST_F(Deaths, WhenGeckoIsKilledThePlayerPlaysOnAndTheNextGeckoIsHeard) {
    play();
    const std::string pid = std::to_string(gecko_->pid());
    kill_it(gecko_);
    EXPECT_TRUE(server_->wait_for("process " + pid + " (gecko) ended while it played on Simulated Speakers"));
    const std::size_t lines_before = heard().size();
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("playing -> Simulated Speakers at 48 kHz")) << gecko_->finish().out;
    EXPECT_TRUE(hears_the_song());
    EXPECT_EQ(player_->said("gecko-play:"), false) << "the player has noticed nothing";
    end_all();

    const Gap gap = this->gap([&](const Stretch& stretch) { return stretch.line >= lines_before; });
    EXPECT_GT(gap.after.song, gap.before.song_end()) << "the song went on meanwhile";
    const Line& next = gap.lines[gap.after.line];
    std::printf(
        "when gecko was killed the song was not heard for %.0f frames; the player played %zu into nothing; "
        "the next "
        "gecko played %zu frames of silence first\n",
        host_frames_between(gap), gap.after.song - gap.before.song_end(),
        silent_frames(next, 0, gap.after.at));
}

TEST_F(Deaths, WhenThePlayerIsKilledGeckoIsReadyAndTheNextPlayerIsHeardFromItsFirstFrame) {
    play();
    gecko_->mark();
    const std::string pid = std::to_string(player_->pid());
    kill_it(player_);
    EXPECT_TRUE(server_->wait_for("process " + pid + " (gecko-play) ended while it played on Gecko Sink"));
    EXPECT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    gecko_->mark();
    start_player();
    EXPECT_TRUE(gecko_->wait_for("playing -> Simulated Speakers at 48 kHz")) << gecko_->finish().out;
    EXPECT_TRUE(hears_the_song());
    end_all();

    const Gap gap = this->gap([](const Stretch& stretch) { return stretch.song < kASecond; });
    EXPECT_EQ(gap.after.song, 0u);
    std::printf("when the player was killed and started again there was silence for %.0f frames\n",
                host_frames_between(gap));
}

TEST_F(Deaths, TheJsonStatusSaysThatTheServerIsGoneAndThatItIsBack) {
    start_server();
    start_gecko({"--json"});
    ASSERT_TRUE(gecko_->wait_for("\"state\":\"running\"")) << gecko_->finish().out;
    gecko_->mark();
    kill_it(server_);
    EXPECT_TRUE(gecko_->wait_for("\"problem\":\"The audio server is not running\"")) << gecko_->finish().out;
    EXPECT_TRUE(gecko_->wait_for("\"state\":\"waiting\""));
    gecko_->mark();
    start_server();
    EXPECT_TRUE(gecko_->wait_for("\"state\":\"running\"")) << gecko_->finish().out;
    end_all();
}

TEST_F(Deaths, WhenAllAreKilledAndStartedAgainTheSongIsHeard) {
    play();
    for (auto* victim : {&server_, &gecko_, &player_}) kill_it(*victim);
    start_server();
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    start_player();
    EXPECT_TRUE(hears_the_song());
    end_all();
}

/// A segment's name as a gecko leaves it that was killed between making it and handing it over.
class LeftBehind {
  public:
    explicit LeftBehind(std::string name, std::chrono::seconds age = std::chrono::seconds(0))
        : name_(std::move(name)) {
        const int descriptor = ::shm_open(name_.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
        EXPECT_GE(descriptor, 0) << name_;
        EXPECT_EQ(::ftruncate(descriptor, 4096), 0);
        const std::array<timespec, 2> times{
            {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = ::time(nullptr) - age.count(), .tv_nsec = 0}}};
        EXPECT_EQ(::futimens(descriptor, times.data()), 0);
        ::close(descriptor);
    }
    LeftBehind(const LeftBehind&) = delete;
    LeftBehind& operator=(const LeftBehind&) = delete;
    ~LeftBehind() { ::shm_unlink(name_.c_str()); }
    [[nodiscard]] bool there() const { return fs::exists("/dev/shm" + name_); }

  private:
    std::string name_;
};

std::string name_of_this_test(char letter) {
    std::string random = "leftbehind";
    for (int i = 0, pid = ::getpid(); i < 5; ++i, pid /= 16) random += static_cast<char>('a' + pid % 16);
    return "/GeckoAudioShm." + random + letter;
}

TEST_F(Deaths, ASegmentThatWasLeftBehindIsReclaimedAtTheNextStartAndNothingElseIs) {
    using std::chrono::seconds;
    const auto age = shm::kStaleAfter + seconds(60);
    const LeftBehind stale(name_of_this_test('x'), age);
    const LeftBehind young(name_of_this_test('y'));
    const LeftBehind other_shape(name_of_this_test('z') + "q", age);
    const LeftBehind other_name("/GeckoAudioShm-leftbehind" + std::to_string(::getpid()), age);
    start_server();
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    EXPECT_FALSE(stale.there());
    EXPECT_TRUE(young.there());
    EXPECT_TRUE(other_shape.there());
    EXPECT_TRUE(other_name.there());
    end_all();
}

TEST_F(Deaths, ASecondGeckoIsToldWhoIsFirst) {
    start_server();
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    const Outcome twice = run({program("gecko"), "run"}, environment());
    EXPECT_EQ(twice.exit_code, 2);
    EXPECT_NE(twice.out.find("Another gecko of this user runs already (process " +
                             std::to_string(gecko_->pid()) + ")"),
              std::string::npos)
        << twice.out;
    Command::Environment another_home = environment();
    another_home["GECKO_HOME"] = (scratch_ / "another").string();
    const Outcome second = run({program("gecko"), "run"}, another_home);
    EXPECT_EQ(second.exit_code, 2);
    const Outcome me = run({"/usr/bin/id", "-un"});
    const std::string user = me.out.substr(0, me.out.find('\n'));
    EXPECT_NE(second.out.find("Another program is attached to Gecko Sink: process " +
                              std::to_string(gecko_->pid()) + " of user " + user),
              std::string::npos)
        << second.out;
    end_all();
}

}  // namespace
}  // namespace gecko::testing
