// minihald and gecko as two users without privileges, as coreaudiod and the app are on a Mac.
#include <unistd.h>

#include "by_hand.hpp"

namespace gecko::testing {
namespace {

constexpr uid_t kServerUser = 65'534;
constexpr uid_t kUser = 54'321;

class TwoUsers : public ByHand {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "only root can start programs as other users";
        const auto reaches = [](uid_t user) {
            return Command({"/usr/bin/test", "-r", kHal.string(), "-a", "-x", program("minihald")}, {}, user)
                       .finish()
                       .exit_code == 0;
        };
        if (!reaches(kServerUser) || !reaches(kUser))
            GTEST_SKIP() << "other users may not enter the build folder";
        server_user_ = kServerUser;
        user_ = kUser;
        fs::permissions(scratch_.path(), fs::perms(0755));
        for (const char* folder : {"run", "recordings"}) {
            fs::create_directory(scratch_ / folder);
            fs::permissions(scratch_ / folder, fs::perms(0700));
            ASSERT_EQ(::chown((scratch_ / folder).c_str(), kServerUser, kServerUser), 0);
        }
        fs::create_directory(scratch_ / "home");
        ASSERT_EQ(::chown((scratch_ / "home").c_str(), kUser, kUser), 0);
    }
};

TEST_F(TwoUsers, TheSongArrivesThoughTheServerIsAnotherUserThanGecko) {
    start_server(kHal, {"--share", "--console-user", std::to_string(kUser)});
    start_gecko();
    ASSERT_TRUE(gecko_->wait_for("ready: play into Gecko Sink")) << gecko_->finish().out;
    start_player();
    EXPECT_TRUE(hears_the_song()) << gecko_->finish(std::chrono::seconds(1)).out;
    end_all();
    const auto stretches = finder_.find(heard());
    ASSERT_FALSE(stretches.empty());
    EXPECT_EQ(stretches.front().song, 0u) << "from its first frame";
}

TEST_F(TwoUsers, AGeckoThatIsNotTheConsoleUsersIsRefused) {
    start_server(kHal, {"--share"});
    start_gecko();
    const Outcome refused = gecko_->finish();
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.out.find("The console user is somebody else"), std::string::npos) << refused.out;
    gecko_.reset();
    end_all();
}

TEST_F(TwoUsers, AServerThatIsNotSharedIsNotReachedByOthers) {
    start_server();
    start_gecko();
    const Outcome refused = gecko_->finish();
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.out.find("The audio server is not running"), std::string::npos) << refused.out;
    gecko_.reset();
    end_all();
}

}  // namespace
}  // namespace gecko::testing
