// Gecko Sink as the default output while gecko runs, and the former one however gecko ends.
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

class Default : public ByHand {
  protected:
    void SetUp() override {
        start_server();
        start_gecko();
        ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    }
    /// The name of the default output, as `gecko devices` marks it.
    [[nodiscard]] std::string default_output() const {
        const std::string out = run({program("gecko"), "devices"}, environment()).out;
        const auto line = out.find("* ");
        return line == std::string::npos ? "" : out.substr(line + 2, out.find("  ", line + 2) - line - 2);
    }
    /// The process that gives it back if gecko cannot; 0 if there is none.
    [[nodiscard]] pid_t guard() const {
        const std::string pid = std::to_string(gecko_->pid());
        pid_t child = 0;
        std::ifstream("/proc/" + pid + "/task/" + pid + "/children") >> child;
        return child;
    }
    /// Looks until it is, or a while.
    [[nodiscard]] bool becomes(const std::string& name) const {
        for (int look = 0; look < 200; ++look) {
            if (default_output() == name) return true;
            ::usleep(50'000);
        }
        return false;
    }
};

TEST_F(Default, IsGeckoSinkWhileGeckoRunsAndTheFormerOneBehindIt) {
    EXPECT_EQ(default_output(), "Gecko Sink");
    gecko_->signal(SIGINT);
    EXPECT_EQ(gecko_->finish().exit_code, 0);
    EXPECT_EQ(default_output(), "Simulated Speakers");
    EXPECT_FALSE(fs::exists(scratch_ / "home" / "default-output"));
}

TEST_F(Default, IsGivenBackAtTheEndOfTheSession) {
    gecko_->signal(SIGTERM);
    EXPECT_EQ(gecko_->finish().exit_code, 0);
    EXPECT_EQ(default_output(), "Simulated Speakers");
}

TEST_F(Default, IsGivenBackWhenTheTerminalIsClosedButCtrlZDoesNothing) {
    gecko_->signal(SIGTSTP);
    gecko_->signal(SIGHUP);
    EXPECT_EQ(gecko_->finish().exit_code, 0);
    EXPECT_EQ(default_output(), "Simulated Speakers");
}

TEST_F(Default, IsGivenBackByAnotherGuardIfTheFirstOneWasKilled) {
    const pid_t first = guard();
    ASSERT_GT(first, 0);
    ::kill(first, SIGKILL);
    for (int look = 0; look < 200 && (guard() == 0 || guard() == first); ++look) ::usleep(50'000);
    kill_it(gecko_);
    EXPECT_TRUE(becomes("Simulated Speakers"));
}

TEST_F(Default, IsTakenByTheNextGeckoThoughNobodyHasNoticedThatTheFirstOneIsDead) {
    const pid_t first = gecko_->pid();
    std::optional<Command> second;
    gecko_->signal(SIGKILL);
    siginfo_t ended{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(first), &ended, WEXITED | WNOWAIT), 0);
    second.emplace(std::vector<std::string>{program("gecko"), "run"}, environment());
    EXPECT_TRUE(second->wait_for("ready: play into Gecko Sink")) << second->finish().out;
    EXPECT_TRUE(becomes("Gecko Sink"));
}

TEST_F(Default, IsGivenBackByTheGuardIfGeckoIsKilled) {
    kill_it(gecko_);
    EXPECT_TRUE(becomes("Simulated Speakers"));
    start_gecko();
    EXPECT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    EXPECT_TRUE(becomes("Gecko Sink"));
}

TEST_F(Default, IsTakenAgainWhenTheAudioServerIsBack) {
    kill_it(server_);
    ASSERT_TRUE(gecko_->wait_for("The audio server is not running"));
    start_server();
    EXPECT_TRUE(becomes("Gecko Sink"));
    gecko_->signal(SIGINT);
    EXPECT_EQ(gecko_->finish().exit_code, 0);
    EXPECT_EQ(default_output(), "Simulated Speakers");
}

TEST_F(Default, StaysIfItIsToBeKept) {
    gecko_->signal(SIGINT);
    gecko_->finish();
    start_gecko({"--keep-default"});
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    EXPECT_EQ(default_output(), "Simulated Speakers");
}

class ChosenOutput : public ByHand {};

TEST_F(ChosenOutput, ThatIsNotThereIsSaidAndPlayedOnOnceItAppears) {
    start_server();
    const Outcome set = run({program("gecko"), "settings", "output", "Nowhere_UID"}, environment());
    EXPECT_EQ(set.exit_code, 0);
    EXPECT_NE(set.err.find("no output \"Nowhere_UID\" is there now; playing on the default output"),
              std::string::npos)
        << set.err;
    start_gecko({"--output", "Pods_UID"});
    ASSERT_TRUE(
        gecko_->wait_for("no output \"Pods_UID\" is there now; playing on Simulated Speakers until it "
                         "appears. The outputs are: SimulatedSpeakers_UID (Simulated Speakers)"))
        << gecko_->finish().out;
    ASSERT_TRUE(gecko_->wait_for("-> Simulated Speakers")) << gecko_->finish().out;
    EXPECT_EQ(
        run({program("minihal-devices"), "plug", "Pods_UID", "--name", "Pods"}, environment()).exit_code, 0);
    EXPECT_TRUE(gecko_->wait_for("-> Pods")) << gecko_->finish().out;
    end_all();
}

class Wait : public ByHand {};

TEST_F(Wait, AGeckoThatIsToWaitStartsBeforeTheAudioServerDoes) {
    start_gecko({"--wait"});
    ASSERT_TRUE(gecko_->wait_for("The audio server is not running"));
    start_server();
    EXPECT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    end_all();
}

}  // namespace
}  // namespace gecko::testing
