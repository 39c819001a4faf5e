#include "settings/folders.hpp"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include "tests/settings/environment.hpp"

namespace gecko::settings {
namespace {

#ifdef __APPLE__
TEST(Folders, BothAreInApplicationSupport) {
    const Environment home("HOME", "/Users/jö");
    EXPECT_EQ(settings_folder(), "/Users/jö/Library/Application Support/Gecko");
    EXPECT_EQ(state_folder(), settings_folder());
}
#else
TEST(Folders, AreThoseOfTheXdgSpecification) {
    const Environment home("HOME", "/home/jö");
    const Environment config("XDG_CONFIG_HOME", std::nullopt);
    const Environment state("XDG_STATE_HOME", std::nullopt);
    EXPECT_EQ(settings_folder(), "/home/jö/.config/gecko");
    EXPECT_EQ(state_folder(), "/home/jö/.local/state/gecko");
}

TEST(Folders, FollowTheVariablesIfTheyAreAbsolute) {
    const Environment home("HOME", "/home/jo");
    const Environment config("XDG_CONFIG_HOME", "/elsewhere");
    const Environment state("XDG_STATE_HOME", "relative");
    EXPECT_EQ(settings_folder(), "/elsewhere/gecko");
    EXPECT_EQ(state_folder(), "/home/jo/.local/state/gecko");
}

TEST(Folders, WithoutHomeAreTheAccounts) {
    const passwd* account = ::getpwuid(::getuid());
    if (account == nullptr || account->pw_dir == nullptr) GTEST_SKIP() << "this user has no account";
    const Environment config("XDG_CONFIG_HOME", std::nullopt);
    const std::filesystem::path expected = std::filesystem::path(account->pw_dir) / ".config/gecko";
    for (const auto& home : {std::optional<std::string>(), std::optional<std::string>("")}) {
        const Environment without("HOME", home);
        EXPECT_EQ(settings_folder(), expected);
    }
}
#endif

}  // namespace
}  // namespace gecko::settings
