// Gecko Sink as the default output while gecko runs, and the former one however gecko ends.
#include <csignal>

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
