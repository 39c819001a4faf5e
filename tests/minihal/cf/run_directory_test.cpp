#include "minihal/system/run_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/minihal/cf/run_directory_fixture.hpp"

namespace {

class RunDirectories : public RunDirectory {
  protected:
    ~RunDirectories() override { unsetenv("XDG_RUNTIME_DIR"); }
};

TEST_F(RunDirectories, AreChosenByTheEnvironment) {
    EXPECT_EQ(minihal::run_directory(), path_);
    EXPECT_EQ(minihal::run_file(minihal::kSocketFile), path_ / "hal.sock");
    unsetenv("MINIHAL_RUN_DIR");
    setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    EXPECT_EQ(minihal::run_directory(), "/run/user/7/minihal");
    unsetenv("XDG_RUNTIME_DIR");
    EXPECT_EQ(minihal::run_directory(), "/tmp/minihal-" + std::to_string(getuid()));
}

TEST_F(RunDirectories, AreMadeForTheirOwnerAlone) {
    setenv("MINIHAL_RUN_DIR", (path_ / "new").c_str(), 1);
    const auto made = minihal::make_run_directory();
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(*made, path_ / "new");
    EXPECT_EQ(std::filesystem::status(*made).permissions(), std::filesystem::perms::owner_all);
    EXPECT_TRUE(minihal::make_run_directory());
}

TEST_F(RunDirectories, CannotBeFiles) {
    std::ofstream(path_ / "file") << "x";
    setenv("MINIHAL_RUN_DIR", (path_ / "file").c_str(), 1);
    const auto refused = minihal::make_run_directory();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), "cannot use the run directory " + (path_ / "file").string() +
                                   ": it is not a directory; set MINIHAL_RUN_DIR to a folder of your own");
}

TEST_F(RunDirectories, NeedTheirParent) {
    setenv("MINIHAL_RUN_DIR", (path_ / "missing/new").c_str(), 1);
    const auto refused = minihal::make_run_directory();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("No such file or directory"), std::string::npos);
}

}  // namespace
